// f and f' of many numbers, by nonlin's own kernels, on the page itself.
import { load } from '../data';
import { facts } from '../facts';
import type { Evaluate } from './depth/field';

type Call = (x: number, value: number, slope: number, count: number, constants: number) => void;

const PAGES = 4; // of 64 KiB
const CONSTANTS = 64; // where parameters stand; x, values and slopes follow
const MOST = 16384; // numbers in one call

const memory = new WebAssembly.Memory({ initial: PAGES });
let exported: WebAssembly.Exports = {};

/** Before any view is shown. */
export async function loadKernels(): Promise<void> {
  const { instance } = await WebAssembly.instantiate(await load('data/kernels.wasm'), { env: { memory } });
  exported = instance.exports;
}

function calling(call: Call, constants: readonly number[]): Evaluate {
  return (x) => {
    const value = new Float32Array(x.length), slope = new Float32Array(x.length);
    for (let at = 0; at < x.length; at += MOST) {
      const part = x.subarray(at, at + MOST), size = 4 * part.length, from = 1024;
      new Float64Array(memory.buffer, CONSTANTS, constants.length).set(constants);
      new Float32Array(memory.buffer, from, part.length).set(part);
      call(from, from + size, from + 2 * size, part.length, CONSTANTS);
      value.set(new Float32Array(memory.buffer, from + size, part.length), at);
      slope.set(new Float32Array(memory.buffer, from + 2 * size, part.length), at);
    }
    return { value, slope };
  };
}

/** The entries that have kernels: the element-wise ones. */
export const known = (): string[] => Object.keys(facts.kernels);

export function evaluator(name: string, constants = facts.kernels[name].constants): Evaluate {
  return calling(exported[facts.kernels[name].fd] as Call, constants);
}

/** A module of one formula, as the server sends it. */
export async function evaluatorOf(code: Uint8Array<ArrayBuffer>, fd: string): Promise<(constants: number[]) => Evaluate> {
  const { instance } = await WebAssembly.instantiate(code, { env: { memory } });
  return (constants) => calling(instance.exports[fd] as Call, constants);
}

/** f and f' of one number. */
export function apply(name: string, z: number): { value: number; slope: number } {
  const { value, slope } = evaluator(name)(Float32Array.of(z));
  return { value: value[0], slope: slope[0] };
}

/** Infinite numbers stand in facts.json as text. */
export const numbers = (found: unknown): number[] => ((found as unknown[] | undefined) ?? []).map(Number);

export const kinksOf = (name: string): number[] => numbers(facts.entries[name].kinks);
export const breaksOf = (name: string): number[] => numbers(facts.entries[name].breakpoints);
export const jumpsOf = (name: string): number[] =>
  ((facts.entries[name].jumps as [unknown, unknown][] | undefined) ?? []).map(([place]) => Number(place));
