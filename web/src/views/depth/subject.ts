// What the depth view and the last lesson know of one activation at one (σw, σb).
import { breaksOf, evaluator } from '../evaluate';
import { predicted, settledAt, table, type Profile, type Table } from './field';
import { LAYERS, measured, normals } from './measured';

/** Moments of an entry; null where E[f²] or E[f'²] is none. */
export function tableOf(name: string): Table | null {
  const found = table(evaluator(name), breaksOf(name));
  const middle = found.q.length >> 1; // q = 1
  return Number.isFinite(found.value[middle]) && found.slope[middle] > 0 ? found : null;
}

export const theoryOf = (name: string, sw: number, sb: number): Profile =>
  predicted(evaluator(name), breaksOf(name), sw * sw, sb * sb, LAYERS);

/** Where its signals settle, χ there, and what theory predicts layer by layer. */
export const fateOf = (name: string, known: Table, sw: number, sb: number) =>
  ({ ...settledAt(evaluator(name), breaksOf(name), known, sw * sw, sb * sb), theory: theoryOf(name, sw, sb) });

let drawn: { seed: number; numbers: number[]; more: () => number } | undefined; // kept while a point is dragged

export function countedOf(name: string, sw: number, sb: number, seed: number): Profile {
  if (drawn?.seed !== seed) drawn = { seed, numbers: [], more: normals(seed) };
  const { numbers, more } = drawn;
  let at = 0;
  return measured(evaluator(name), () => (numbers[at++] ??= more()), sw, sb, LAYERS);
}
