// Chance from a seed, the same in every browser: integers and exact operations only.

const ALL = (1n << 64n) - 1n;
const STEP = 0x9e3779b97f4a7c15n;

/** splitmix64 (Steele et al. 2014): the upper 32 bits of its next number. */
export class SplitMix {
  state: bigint;

  constructor(seed: number | bigint) {
    this.state = BigInt(seed);
  }

  next(): number {
    this.state = (this.state + STEP) & ALL;
    let bits = ((this.state ^ (this.state >> 30n)) * 0xbf58476d1ce4e5b9n) & ALL;
    bits = ((bits ^ (bits >> 27n)) * 0x94d049bb133111ebn) & ALL;
    return Number((bits ^ (bits >> 31n)) >> 32n);
  }

  /** Even between -1 and 1. */
  even(): number {
    return this.next() / 2147483648 - 1;
  }
}

/** Fisher-Yates, in the order of network/optimise.py. */
export function shuffle(order: Uint32Array, chance: SplitMix): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Number((BigInt(chance.next()) * BigInt(last + 1)) >> 32n);
    [order[last], order[other]] = [order[other], order[last]];
  }
}

/** FNV-1a over the words of an array: equal bits, equal number. */
export function fingerprint(values: Float32Array, start = 0x811c9dc5): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let found = start;
  for (const word of words) found = Math.imul(found ^ word, 0x01000193);
  return found >>> 0;
}
