// Chance from a seed, the same in every browser: integers and exact operations only. Numbers of 64
// bits are held in halves, the upper one first: BigInt takes ten times as long.

const HALF = 2 ** 32;

/** The upper half of the product of two halves. */
function upper(a: number, b: number): number {
  const a1 = a >>> 16, a0 = a & 0xffff, b1 = b >>> 16, b0 = b & 0xffff;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return a1 * b1 + (middle >>> 16) + ((a0 * b1 + (middle & 0xffff)) >>> 16);
}

/** x ^ x >> shift, times a factor. */
function mixed(x: ArrayLike<number>, shift: number, factor1: number, factor0: number): [number, number] {
  const x1 = x[0] ^ (x[0] >>> shift), x0 = x[1] ^ ((x[1] >>> shift) | (x[0] << (32 - shift)));
  return [(upper(x0, factor0) + Math.imul(x1, factor0) + Math.imul(x0, factor1)) | 0, Math.imul(x0, factor0)];
}

/** splitmix64 (Steele et al. 2014): the upper 32 bits of its next number. */
export class SplitMix {
  readonly state: Uint32Array;

  constructor(seed: number) {
    this.state = Uint32Array.of(seed / HALF, seed);
  }

  next(): number {
    const low = this.state[1] + 0x7f4a7c15;
    this.state[0] += 0x9e3779b9 + Number(low >= HALF);
    this.state[1] = low;
    const [high] = mixed(mixed(this.state, 30, 0xbf58476d, 0x1ce4e5b9), 27, 0x94d049bb, 0x133111eb);
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
