// Chance from a seed, the same in every browser: integers and exact operations only. Numbers of 64
// bits are held in halves: BigInt made the order of rows cost as much as the kernels.

type Halves = readonly [high: number, low: number];

const HALF = 2 ** 32;
const STEP: Halves = [0x9e3779b9, 0x7f4a7c15];
const FIRST: Halves = [0xbf58476d, 0x1ce4e5b9];
const SECOND: Halves = [0x94d049bb, 0x133111eb];

/** The upper half of the product of two halves. */
function upper(a: number, b: number): number {
  const [a1, a0, b1, b0] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return a1 * b1 + (middle >>> 16) + ((a0 * b1 + (middle & 0xffff)) >>> 16);
}

/** bits ^ bits >> shift, times a factor. */
function mixed([high, low]: Halves, shift: number, factor: Halves): Halves {
  const [h, l] = [high ^ (high >>> shift), low ^ ((low >>> shift) | (high << (32 - shift)))];
  return [upper(l, factor[1]) + Math.imul(h, factor[1]) + Math.imul(l, factor[0]), Math.imul(l, factor[1])];
}

/** splitmix64 (Steele et al. 2014): the upper 32 bits of its next number. */
export class SplitMix {
  state: Halves;

  constructor(seed: number) {
    this.state = [Math.floor(seed / HALF), seed >>> 0];
  }

  next(): number {
    const low = this.state[1] + STEP[1];
    this.state = [(this.state[0] + STEP[0] + Number(low >= HALF)) >>> 0, low >>> 0];
    const [high] = mixed(mixed(this.state, 30, FIRST), 27, SECOND);
    return (high ^ (high >>> 31)) >>> 0;
  }

  /** Even between -1 and 1. */
  even(): number {
    return this.next() / 2147483648 - 1;
  }
}

/** Fisher-Yates, in the order of network/optimise.py. */
export function shuffle(order: Uint32Array, chance: SplitMix): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor((chance.next() * (last + 1)) / HALF); // exact below two million rows
    [order[last], order[other]] = [order[other], order[last]];
  }
}

/** FNV-1a, of whole numbers below 2^32: names them, protects nothing. */
export function fnv(words: ArrayLike<number>, start = 0x811c9dc5): number {
  let found = start;
  for (let k = 0; k < words.length; k++) found = Math.imul(found ^ words[k], 0x01000193);
  return found >>> 0;
}

/** Equal bits, equal number. */
export const fingerprint = (values: Float32Array): number => fnv(new Uint32Array(values.buffer, values.byteOffset, values.length));
