// What is learned: the same for every network, drawn from a seed. Sines come from the kernels, so
// that every browser has the same points.
import type { Rows } from '../../engine/job';
import type { Goals } from '../../engine/net';
import { shuffle, SplitMix } from '../../engine/random';

export const DATA = ['spiral', 'moons', 'circles', 'xor', 'function', 'digits', 'own'] as const;
export type Wave = (angles: Float32Array) => Float32Array;

export interface Table {
  inputs: number; // columns
  outputs: number;
  classes: string[]; // their names; empty where a number is predicted
  train: Rows;
  test: Rows;
  plane: [number, number] | null; // limits of the inputs, where there is one or two
  scale: { x: [number, number]; y: [number, number] }; // [middle, spread]: from here to readers' numbers
}

const ROWS = 600; // of synthetic data
const TESTED = 1 / 3;
const DRAWN = 2 ** 33; // between the seed of batches and that of data
const TURN = 2 * Math.PI;
const PLAIN: Table['scale'] = { x: [0, 1], y: [0, 1] };

/** Split shuffled rows into what is learned and what is tested. */
export function split(inputs: Float32Array, goals: Goals, tested: number, seed: number): Pick<Table, 'train' | 'test'> {
  const rows = 'labels' in goals ? goals.labels.length : goals.targets.length;
  const order = Uint32Array.from({ length: rows }, (_, k) => k);
  shuffle(order, new SplitMix(seed + DRAWN));
  const cut = rows - Math.max(1, Math.round(rows * tested));
  return { train: taken(inputs, goals, order.subarray(0, cut)), test: taken(inputs, goals, order.subarray(cut)) };
}

function taken(inputs: Float32Array, goals: Goals, order: Uint32Array): Rows {
  const columns = inputs.length / ('labels' in goals ? goals.labels.length : goals.targets.length);
  const chosen = Float32Array.from({ length: order.length * columns }, (_, k) => inputs[order[Math.floor(k / columns)] * columns + (k % columns)]);
  const picked: Goals = 'labels' in goals
    ? { labels: Uint8Array.from(order, (row) => goals.labels[row]) }
    : { targets: Float32Array.from(order, (row) => goals.targets[row]) };
  return { inputs: chosen, goals: picked, rows: order.length };
}

/** Two classes on a plane. */
export function points(name: 'spiral' | 'moons' | 'circles' | 'xor', noise: number, seed: number, wave: Wave): Table {
  const chance = new SplitMix(seed + DRAWN + 1);
  const share = Float32Array.from({ length: ROWS }, () => chance.next() / 2 ** 32);
  const labels = Uint8Array.from(share, (_, k) => k % 2);
  const inputs = name === 'xor' ? corners(labels, chance) : bent(name, share, labels, wave);
  for (let k = 0; k < inputs.length; k++) inputs[k] += noise * (chance.even() + chance.even());
  const parts = split(inputs, { labels }, TESTED, seed);
  return { inputs: 2, outputs: 2, classes: ['0', '1'], ...parts, plane: [-1.3, 1.3], scale: PLAIN };
}

function corners(labels: Uint8Array, chance: SplitMix): Float32Array {
  const inputs = new Float32Array(2 * ROWS);
  labels.forEach((label, k) => {
    const [x, y] = [chance.even(), chance.even()];
    inputs.set([x, label === Number(x > 0) ? -Math.abs(y) : Math.abs(y)], 2 * k);
  });
  return inputs;
}

function bent(name: 'spiral' | 'moons' | 'circles', share: Float32Array, labels: Uint8Array, wave: Wave): Float32Array {
  const turns = { spiral: 1.75, moons: 0.5, circles: 1 }[name];
  const angles = share.map((each, k) => turns * TURN * each + (name === 'spiral' && labels[k] ? TURN / 2 : 0));
  const [sine, cosine] = [wave(angles), wave(angles.map((angle) => angle + TURN / 4))];
  const inputs = new Float32Array(2 * ROWS);
  share.forEach((each, k) => {
    const [x, y] = [cosine[k], sine[k]];
    if (name === 'moons') inputs.set(labels[k] ? [0.375 - 0.75 * x, 0.2 - 0.75 * y] : [0.75 * x - 0.375, 0.75 * y - 0.2], 2 * k);
    else {
      const radius = name === 'spiral' ? 0.1 + 0.95 * each : labels[k] ? 0.45 : 0.95;
      inputs.set([radius * x, radius * y], 2 * k);
    }
  });
  return inputs;
}

export const REACH = 3; // a function is learned between -REACH and REACH

/** One number from another: y = f(x) with noise; both are brought to the size that networks like. */
export function graph(f: Wave, noise: number, seed: number): Table {
  const chance = new SplitMix(seed + DRAWN + 1);
  const x = Float32Array.from({ length: ROWS }, () => REACH * chance.even());
  const y = f(x);
  const [middle, spread] = standard(y);
  const targets = y.map((each) => (each - middle) / spread + noise * (chance.even() + chance.even()));
  const inputs = x.map((each) => each / (REACH / 2));
  const parts = split(inputs, { targets }, TESTED, seed);
  return { inputs: 1, outputs: 1, classes: [], ...parts, plane: [-2, 2], scale: { x: [0, REACH / 2], y: [middle, spread] } };
}

/** Mean and standard deviation; 1 where all are equal. */
export function standard(values: ArrayLike<number>): [number, number] {
  let [sum, squares] = [0, 0];
  for (let k = 0; k < values.length; k++) sum += values[k];
  const middle = sum / values.length;
  for (let k = 0; k < values.length; k++) squares += (values[k] - middle) ** 2;
  return [middle, Math.sqrt(squares / values.length) || 1];
}

/** scikit-learn's digits: 64 bytes for each, 0 to 16, then all labels. */
export function digits(bytes: Uint8Array, seed: number): Table {
  const rows = bytes.length / 65;
  const inputs = Float32Array.from(bytes.subarray(0, 64 * rows), (pixel) => (pixel - 5) / 6);
  const parts = split(inputs, { labels: bytes.slice(64 * rows) }, 0.2, seed);
  return { inputs: 64, outputs: 10, classes: [...'0123456789'], ...parts, plane: null, scale: PLAIN };
}
