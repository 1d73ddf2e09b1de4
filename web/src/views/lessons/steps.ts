// The lessons: what each asks, and when the reader has it. Texts: messages/*/lab_lessons.toml.
import { flat, forward, softmax, type Apply, type Net } from '../forward/net';
import { PRESETS } from '../forward/presets';
import { right } from './xor';

/** All that a reader can move; each view shows its part. */
export interface Play {
  net: Net;
  inputs: number[];
  at: [number, number];
  name: string; // an activation
  x: number;
  row: number[];
  angle: number; // degrees
  shift: number;
  weights: number; // σw
  seen: string[]; // where the reader has been
}

/** What goals may ask of the functions. */
export interface Look {
  apply: Apply;
  exponentials: (name: string) => number;
  gradient: number; // squared, in the first layer over the last, as theory has it
}

type Goal = (play: Play, look: Look, begin: Play) => boolean;
export interface Step { name: string; goal: Goal; start?: Partial<Play> }
const step = (name: string, goal: Goal, start?: Partial<Play>): Step => ({ name, goal, start });

export interface Lesson {
  name: string;
  texts: number; // paragraphs
  view: 'bench' | 'xor' | 'slope' | 'chain' | 'softmax' | 'depth';
  fixed?: 'weights' | 'inputs';
  names?: string[]; // activations to choose from
  start: Partial<Play>;
  steps: Step[];
}

const bench = (name: string): Partial<Play> =>
  ({ net: PRESETS[name].net, inputs: PRESETS[name].inputs, at: [PRESETS[name].net.sizes.length - 1, 0] });
const last = (play: Play, look: Look): { z: number[]; a: number[] } => forward(play.net, play.inputs, look.apply).at(-1)!;
const slope = (play: Play, look: Look): number => look.apply(play.name, play.x).slope;

/** By how many weights, biases and inputs two networks differ. */
export function changed(play: Play, from: Play): number {
  const before = [...flat(from.net), ...from.inputs];
  return [...flat(play.net), ...play.inputs].filter((each, k) => each !== before[k]).length;
}

/** All inputs moved, and no probability. */
function shifted({ row }: Play, _: Look, begin: Play): boolean {
  const before = softmax(begin.row), now = softmax(row);
  return row.every((each, k) => Math.abs(each - begin.row[k]) > 0.99 && Math.abs(now[k] - before[k]) < 0.0005);
}

/** Places that goals ask for later. */
export function noticed(play: Play, look: Look): string[] {
  const here = [`${play.at[0]}.${play.at[1]}`];
  if (play.name === 'relu' && slope(play, look) === 0) here.push('dead');
  return here.filter((each) => !play.seen.includes(each));
}

const FOUR = ['sigmoid', 'tanh', 'relu', 'leaky_relu'];

export const LESSONS: readonly Lesson[] = [
  {
    name: 'neuron', view: 'bench', start: bench('one'), texts: 2,
    steps: [
      step('zero', (play, look) => Math.abs(last(play, look).z[0]) < 0.0101),
      step('sign', (play, look) => last(play, look).a[0] > 0.9 && play.net.biases[0][0] < 0),
    ],
  },
  {
    name: 'layer', view: 'bench', fixed: 'weights', start: { ...bench('layer'), at: [0, 0] }, texts: 1,
    steps: [step('all', (play, look) => last(play, look).a.every((each) => each > 0.5))],
  },
  {
    name: 'forward', view: 'bench', start: { ...bench('two'), at: [0, 0] }, texts: 1,
    steps: [
      step('walk', (play) => ['1.0', '1.1', '2.0'].every((each) => play.seen.includes(each))),
      step('flip', (play, look, begin) => last(play, look).a[0] < 0.5 && changed(play, begin) === 1, bench('two')),
    ],
  },
  {
    name: 'why', view: 'xor', start: { name: 'identity', angle: 0, shift: 1 },
    names: ['identity', 'relu', 'leaky_relu', 'tanh', 'sigmoid'], texts: 2,
    steps: [
      step('line', (play, look) => play.name === 'identity' && right(play, look.apply) === 3),
      step('bend', (play, look) => play.name !== 'identity' && right(play, look.apply) === 4),
    ],
  },
  {
    name: 'five', view: 'slope', names: FOUR, start: { name: 'sigmoid', x: 3 }, texts: 2,
    steps: [
      step('steep', (play) => play.name === 'sigmoid' && Math.abs(play.x) < 0.11),
      step('flat', (play, look) => play.name === 'tanh' && slope(play, look) < 0.01),
      step('dead', (play) => play.seen.includes('dead') && play.name === 'leaky_relu' && play.x < 0, { seen: [] }),
    ],
  },
  {
    name: 'compare', view: 'chain', names: FOUR, start: { name: 'sigmoid', x: 1 }, texts: 1,
    steps: [step('half', (play, look) => slope(play, look) ** 10 > 0.5)],
  },
  {
    name: 'softmax', view: 'softmax', start: { row: [1, 2, 1] }, texts: 1,
    steps: [
      step('sure', (play) => softmax(play.row)[2] > 0.9),
      step('shift', shifted, { row: [3, 1, 0.2] }),
    ],
  },
  {
    name: 'choose', view: 'depth', start: { name: 'relu', weights: 1 },
    names: [...FOUR, 'elu', 'gelu', 'silu', 'hard_swish'], texts: 2,
    steps: [
      step('gain', (play, look) => play.name === 'relu' && look.gradient > 0.5 && look.gradient < 2),
      step('sigmoid', (play) => play.name === 'sigmoid' && Math.abs(play.weights - 1) < 0.02),
      step('cheap', (play, look) => look.exponentials(play.name) === 0 && look.gradient > 0.1 && look.gradient < 10),
    ],
  },
];

/** What lies on the table when a lesson or one of its steps begins. */
export function beginning(lesson: Lesson, step: number): Play {
  const plain: Play = {
    net: PRESETS.one.net, inputs: PRESETS.one.inputs, at: [1, 0], name: 'relu', x: 1,
    row: [1, 2, 3], angle: 0, shift: 0, weights: 1, seen: [],
  };
  const starts = lesson.steps.slice(0, step + 1).map((each) => each.start ?? {});
  return structuredClone(Object.assign(plain, lesson.start, ...starts));
}
