// Signals and gradients through a random network, counted out: beside what theory predicts.
import { SplitMix } from '../../engine/random';
import type { Evaluate, Profile } from './field';

export const LIMITS = { weights: 4, biases: 2 }; // σw and σb of the phase plane, from 0
export const LAYERS = 50, WIDTH = 64;
const ROWS = 8;

function product(x: Float32Array, w: Float32Array, transposed: boolean): Float32Array {
  const found = new Float32Array(x.length), across = transposed ? 1 : WIDTH, down = transposed ? WIDTH : 1;
  for (let row = 0; row < x.length; row += WIDTH)
    for (let i = 0; i < WIDTH; i++) {
      const value = x[row + i];
      for (let j = 0, at = i * across; j < WIDTH; j++, at += down) found[row + j] += value * w[at];
    }
  return found;
}

function meanSquare(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] ** 2;
  return sum / x.length;
}

/** Layers of WIDTH neurons; `normal` gives standard normal numbers, weights first. */
export function measured(f: Evaluate, normal: () => number, sw: number, sb: number, layers: number): Profile {
  function draw(count: number, size: number): Float32Array {
    const found = new Float32Array(count);
    for (let k = 0; k < count; k++) found[k] = size * normal();
    return found;
  }
  let x = draw(ROWS * WIDTH, 1);
  const matrices: Float32Array[] = [], slopes: Float32Array[] = [], signals: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    matrices.push(draw(WIDTH * WIDTH, sw / Math.sqrt(WIDTH)));
    const bias = draw(WIDTH, sb), z = product(x, matrices[layer], false);
    for (let i = 0; i < z.length; i++) z[i] += bias[i % WIDTH];
    signals.push(meanSquare(z));
    const found = f(z);
    slopes.push(Float32Array.from(found.slope));
    x = Float32Array.from(found.value);
  }
  return { signals, gradients: back(matrices, slopes, draw(ROWS * WIDTH, 1)) };
}

/** The mean square of a random error on its way back, relative to where it starts. */
function back(matrices: Float32Array[], slopes: Float32Array[], start: Float32Array): number[] {
  const last = matrices.length - 1, found = new Array<number>(matrices.length).fill(1);
  const first = meanSquare(start);
  let error = start;
  for (let layer = last - 1; layer >= 0; layer--) {
    error = product(error, matrices[layer + 1], true).map((each, i) => each * slopes[layer][i]);
    found[layer] = meanSquare(error) / first;
  }
  return found;
}

/** Standard normal numbers, the same for the same seed. */
export function normals(seed: number): () => number {
  const chance = new SplitMix(seed), uniform = (): number => chance.next() / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
