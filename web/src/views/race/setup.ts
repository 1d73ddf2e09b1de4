// The state of the race, and what the engine is told of it.
import type { Job } from '../../engine/job';
import { unitOf, type Unit } from '../../engine/kernels';
import type { Pace } from '../../engine/engine';
import { load } from '../../data';
import { facts } from '../../facts';
import { formulaOf } from '../../formula';
import { choice, flag, list, number, Refusal, text, whole, type StateOf } from '../../state';
import { evaluator, known } from '../evaluate';
import { DATA, digits, graph, points, type Table, type Wave } from './data';
import { tableOf, type Own } from './own';

export const [MOST_RACERS, MOST_LAYERS, WIDEST] = [8, 4, 64];
export const PACES: readonly Pace[] = ['slow', 'even', 'fast'];

export const SHAPE = {
  // each racer: one activation for all hidden layers, or one for each
  racers: list([['relu'], ['silu'], ['tanh'], ['sigmoid']], list<string>([], choice('relu', known), 1, MOST_LAYERS), 2, MOST_RACERS),
  data: choice('spiral', () => DATA),
  noise: number(0.06, 0, 0.5),
  formula: text('mexican_hat', 200),
  own: text('', 16), // hash of the reader's table
  hidden: list([16, 16], whole(8, 1, WIDEST), 1, MOST_LAYERS),
  matched: flag(true),
  optimizer: choice('adamw', () => ['adamw', 'sgd']),
  rate: number(0.01, 1e-6, 1e6),
  decay: number(0, 0, 10),
  batch: whole(32, 1, 256),
  seed: whole(1, 0, 2 ** 31),
  pace: choice('even', () => PACES),
  epoch: whole(0, 0, 20000),
};
export type State = StateOf<typeof SHAPE>;

/** The activation of each hidden layer of a racer. */
export const layersOf = (racer: string[], layers: number): string[] =>
  Array.from({ length: layers }, (_, k) => racer[Math.min(k, racer.length - 1)]);

export const unitsOf = (state: State): Unit[][] =>
  state.racers.map((racer) => layersOf(racer, state.hidden.length).map((name) => unitOf(name, facts)));

/** The data that a state names. Throws Refusal, with the key '' for a sentence of Python. */
export async function tableFor(state: State, own: Own | null): Promise<Table> {
  const { data, noise, seed } = state;
  if (data === 'digits') return digits(await load('data/digits.bin'), seed);
  if (data === 'own') {
    if (own === null) throw new Refusal(state.own ? 'lab.own.missing' : 'lab.own.ask', { hash: state.own });
    return tableOf(own, seed);
  }
  if (data === 'function') return graph(await waveOf(state.formula), noise, seed);
  return points(data, noise, seed, waveBy(evaluator('sine')));
}

async function waveOf(formula: string): Promise<Wave> {
  const found = await formulaOf(formula.trim());
  if ('error' in found) throw new Refusal('', { sentence: found.error });
  const evaluate = found.evaluate(found.facts.parameters.map((each) => each.default));
  if (evaluate === null) throw new Refusal('lab.race.not_drawn');
  return checked(waveBy(evaluate));
}

const waveBy = (evaluate: ReturnType<typeof evaluator>): Wave => (x) => Float32Array.from(evaluate(x).value);

const checked = (f: Wave): Wave => (x) => {
  const y = f(x);
  if (y.some((each) => !Number.isFinite(each))) throw new Refusal('lab.race.not_finite');
  return y;
};

export function jobOf(state: State, table: Table): Job {
  const { optimizer, rate, decay, batch, seed, matched } = state;
  const { train, test, plane } = table;
  return {
    sizes: [table.inputs, ...state.hidden, table.outputs],
    train, test, plane, batch, seed, matched,
    rule: { optimizer, rate, decay, momentum: 0.9 },
    grid: table.inputs === 1 ? 121 : 60,
  };
}
