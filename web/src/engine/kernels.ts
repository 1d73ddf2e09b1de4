// The exports of data/kernels.wasm (src/nonlin/kernels/wasm.py): they take addresses and counts.
import type { Facts } from '../facts';
import { Arena, laidOut } from './memory';

export type Values = (x: number, value: number, count: number, constants: number) => void;
export type Slopes = (x: number, value: number, slope: number, count: number, constants: number) => void;

export interface Exports {
  // c[i, j] = bias[j] + sum over k of a[i row + k inner] b[k ldb + j]
  gemm(
    a: number, row: number, inner: number, b: number, ldb: number, bias: number,
    c: number, ldc: number, rows: number, depth: number, columns: number,
  ): void;
  exp: Values;
  log: Values;
  sin: Values;
  cos: Values;
}

/** What the engine must know of an activation; `f` and `fd` are names of exports. */
export interface Unit {
  name: string;
  f: string;
  fd: string;
  constants: number[];
  gain: number; // 1 where it has none
  steepest: number; // largest |f'|; 1 where it has no bound
}

export function unitOf(name: string, facts: Facts): Unit {
  const { gain, lipschitz } = facts.entries[name];
  return { name, ...facts.kernels[name], gain: gain || 1, steepest: lipschitz || 1 };
}

export async function opened(code: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): Promise<WebAssembly.Exports & Exports> {
  const { instance } = await WebAssembly.instantiate(code, { env: { memory } });
  return instance.exports as WebAssembly.Exports & Exports;
}

/** A kernel over every number of an array of the memory, in place. */
export const inPlace = (kernel: Values, x: Float32Array): void => kernel(x.byteOffset, x.byteOffset, x.length, 0);

const ROOM = 1024; // numbers at once

/** Kernels for arrays anywhere: curves, data. */
export class Calculator {
  private readonly exports: WebAssembly.Exports & Exports;
  private readonly arrays: Float32Array[];
  private readonly constants: Float64Array;

  static async open(code: Uint8Array<ArrayBuffer>): Promise<Calculator> {
    const plan = (arena: Arena) => [[0, 1, 2].map(() => arena.floats(ROOM)), arena.doubles(Array(16).fill(0))] as const;
    const { memory, made } = laidOut(plan);
    return new Calculator(await opened(code, memory), ...made);
  }

  private constructor(exports: WebAssembly.Exports & Exports, arrays: Float32Array[], constants: Float64Array) {
    this.exports = exports;
    this.arrays = arrays;
    this.constants = constants;
  }

  /** exp, log, sin or cos of every number. */
  each(kernel: 'exp' | 'log' | 'sin' | 'cos', x: Float32Array): Float32Array {
    return this.slopes({ f: kernel, fd: '', constants: [] }, x).value;
  }

  /** Values of an activation, and its slopes where `fd` names them. */
  slopes(unit: Pick<Unit, 'f' | 'fd' | 'constants'>, x: Float32Array): { value: Float32Array; slope: Float32Array } {
    const [from, value, slope] = this.arrays;
    const found = { value: new Float32Array(x.length), slope: new Float32Array(x.length) };
    this.constants.set(unit.constants);
    for (let at = 0; at < x.length; at += ROOM) {
      const part = x.subarray(at, at + ROOM);
      from.set(part);
      const [call, constants] = [this.exports[unit.fd || unit.f], this.constants.byteOffset];
      if (unit.fd) (call as Slopes)(from.byteOffset, value.byteOffset, slope.byteOffset, part.length, constants);
      else (call as Values)(from.byteOffset, value.byteOffset, part.length, constants);
      found.value.set(value.subarray(0, part.length), at);
      found.slope.set(slope.subarray(0, part.length), at);
    }
    return found;
  }
}
