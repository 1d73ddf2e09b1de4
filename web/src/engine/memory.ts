// Memory of the kernels. Growing it would detach every array, so what is needed is counted first.

const START = 1024; // bytes left free at the beginning
const PAGE = 65536;

/** Hands out arrays one after another; without a memory it only counts. */
export class Arena {
  readonly memory: WebAssembly.Memory | null;
  bytes = START;

  constructor(memory: WebAssembly.Memory | null) {
    this.memory = memory;
  }

  private take(bytes: number): number {
    const at = (this.bytes + 15) & ~15;
    this.bytes = at + bytes;
    return at;
  }

  floats(count: number): Float32Array<ArrayBuffer> {
    const at = this.take(4 * count);
    return this.memory ? new Float32Array(this.memory.buffer, at, count) : new Float32Array(0);
  }

  doubles(values: readonly number[]): Float64Array<ArrayBuffer> {
    const at = this.take(8 * values.length);
    if (!this.memory) return new Float64Array(0);
    const made = new Float64Array(this.memory.buffer, at, values.length);
    made.set(values);
    return made;
  }
}

/** A memory just large enough for what `plan` takes, and what it made there. */
export function laidOut<T>(plan: (arena: Arena) => T): { memory: WebAssembly.Memory; made: T } {
  const counted = new Arena(null);
  plan(counted);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(counted.bytes / PAGE) });
  return { memory, made: plan(new Arena(memory)) };
}
