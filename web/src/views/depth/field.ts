// Mean field theory of wide random networks, as theory/variance.py and theory/critical.py have it.

/** f and f' of many numbers at once. */
export type Evaluate = (x: Float32Array) => { value: ArrayLike<number>; slope: ArrayLike<number> };

/** E[f(√q z)²] and E[f'(√q z)²], z standard normal. */
export interface Moments {
  value: number;
  slope: number;
}

const NODES = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];
const REACH = 8; // the density beyond is below 1e-14

/** Panels of the density, of f around 0 (at every power of 2), and the breaks; ascending. */
function edges(breaks: number[], std: number): number[] {
  const found = new Set<number>();
  for (let z = -REACH; z <= REACH; z++) found.add(z);
  for (let x = 0.25; x < REACH * std; x *= 2) [-x, x].forEach((each) => found.add(each / std));
  breaks.forEach((each) => found.add(each / std));
  return [...found].filter((z) => Math.abs(z) <= REACH).sort((a, b) => a - b);
}

/** By Gauss-Legendre rules between the breaks, where f or f' jumps. */
export function moments(f: Evaluate, breaks: number[], q: number): Moments {
  const std = Math.sqrt(q), ends = edges(breaks, std);
  const places = new Float32Array(8 * (ends.length - 1)), shares = new Float64Array(places.length);
  let at = 0;
  for (let k = 0; k + 1 < ends.length; k++) {
    const middle = (ends[k] + ends[k + 1]) / 2, half = (ends[k + 1] - ends[k]) / 2;
    for (let i = 0; i < 8; i++, at++) {
      const z = middle + (i % 2 ? half : -half) * NODES[i >> 1];
      places[at] = std * z;
      shares[at] = WEIGHTS[i >> 1] * half * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
  }
  const found = f(places), sum = { value: 0, slope: 0 };
  for (let i = 0; i < at; i++) {
    sum.value += shares[i] * found.value[i] ** 2;
    sum.slope += shares[i] * found.slope[i] ** 2;
  }
  return sum;
}

/** Moments on a grid of q from 1e-6 to 1e6: what a whole plane needs. */
export interface Table {
  q: number[];
  value: number[];
  slope: number[];
}

const FROM = -6, TO = 6, STEPS = 192, ONE = 96; // powers of ten; where q = 1
const ROUNDING = 1e-6; // V(q) / q this close to 1 is 1: moments are those of float32

export function table(f: Evaluate, breaks: number[], from = FROM, to = TO, steps = STEPS): Table {
  const q = Array.from({ length: steps + 1 }, (_, k) => 10 ** (from + (k * (to - from)) / steps));
  const found = q.map((each) => moments(f, breaks, each));
  return { q, value: found.map((m) => m.value), slope: found.map((m) => m.slope) };
}

/** Where lengths that begin at place `at` go (0 and Infinity, too), and χ there: by interpolation. */
export function settled(known: Table, weights: number, biases: number, at = ONE): { q: number; chi: number } {
  const growth = (k: number) => (weights * known.value[k] + biases) / known.q[k] - 1;
  let here = growth(at);
  if (Math.abs(here) < ROUNDING) return { q: known.q[at], chi: weights * known.slope[at] };
  const step = here > 0 ? 1 : -1;
  while (at + step in known.q) {
    const next = growth(at + step);
    if (next * step < -ROUNDING) {
      const t = Math.max(here / (here - next), 0), between = (a: number, b: number) => a + t * (b - a);
      return {
        q: known.q[at] * (known.q[at + step] / known.q[at]) ** t,
        chi: weights * between(known.slope[at], known.slope[at + step]),
      };
    }
    at += step;
    here = next;
  }
  return { q: step > 0 ? Infinity : 0, chi: weights * known.slope[at] };
}

/** The same with a finer table around that place: what is said in numbers. */
export function settledAt(f: Evaluate, breaks: number[], known: Table, weights: number, biases: number) {
  const rough = settled(known, weights, biases), middle = Math.log10(rough.q);
  if (!Number.isFinite(middle)) return rough;
  const fine = table(f, breaks, middle - 0.07, middle + 0.07, 32);
  return settled(fine, weights, biases, rough.q > 1 ? 0 : 32);
}

/** (σw, σb) along χ = 1, where q is a fixed point: σw² = 1 / E[f'²], σb² = q - σw² E[f²]. */
export function edge(known: Table): { weights: number; biases: number }[] {
  const found: { weights: number; biases: number }[] = [];
  known.q.forEach((q, k) => {
    const variance = 1 / known.slope[k], rest = q - variance * known.value[k];
    if (Number.isFinite(variance) && rest >= -10 * ROUNDING * q)
      found.push({ weights: Math.sqrt(variance), biases: rest > 10 * ROUNDING * q ? Math.sqrt(rest) : 0 });
  });
  return found;
}

/** The mean squares of z of each layer, and of dL/dz relative to the last layer. */
export interface Profile {
  signals: number[];
  gradients: number[];
}

/** What mean field theory predicts for inputs of mean square 1. */
export function predicted(f: Evaluate, breaks: number[], weights: number, biases: number, layers: number): Profile {
  const signals = [weights + biases], growth: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const q = Math.min(Math.max(signals[layer], 1e-30), 1e30), found = moments(f, breaks, q);
    growth.push(weights * found.slope);
    if (layer + 1 < layers) signals.push(weights * found.value + biases);
  }
  const gradients = new Array<number>(layers).fill(1);
  for (let layer = layers - 2; layer >= 0; layer--) gradients[layer] = gradients[layer + 1] * growth[layer];
  return { signals, gradients };
}
