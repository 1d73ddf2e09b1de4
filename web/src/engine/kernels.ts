// The exports of data/kernels.wasm (src/nonlin/kernels/wasm.py): they take addresses and counts.
import type { Facts } from '../facts';

export type Values = (x: number, value: number, count: number, constants: number) => void;
export type Slopes = (x: number, value: number, slope: number, count: number, constants: number) => void;

export interface Exports {
  // c[i, j] = bias[j] + sum over k of a[i row + k inner] b[k ldb + j]
  gemm(
    a: number, row: number, inner: number, b: number, ldb: number, bias: number,
    c: number, ldc: number, rows: number, depth: number, columns: number,
  ): void;
  turn(x: number, to: number, rows: number, columns: number): void; // transposed
  exp: Values;
  log: Values;
  multiply(x: number, y: number, result: number, count: number, nothing: number): void;
  adamw(
    values: number, slope: number, first: number, second: number,
    newValues: number, newFirst: number, newSecond: number, count: number, constants: number,
  ): void; // constants: what is kept of a value, the size of a step, epsilon
  sgd(
    values: number, slope: number, velocity: number,
    newValues: number, newVelocity: number, count: number, constants: number,
  ): void; // constants: what is kept of a value, the size of a step, momentum
}

/** What the engine must know of an activation; `fd` is the name of an export. */
export interface Unit {
  name: string;
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
