// f and f' of many numbers, by nonlin's own kernels, on the page itself.
import { load } from '../data';
import { opened, type Slopes } from '../engine/kernels';
import { facts } from '../facts';
import type { Evaluate } from './depth/field';

const CONSTANTS = 256, FROM = 1024; // where parameters and numbers stand in the memory
const MOST = 16384; // numbers in one call: x, values and slopes have 64 KiB each
const memory = new WebAssembly.Memory({ initial: 4 });
let exported: WebAssembly.Exports = {};

/** The module of all kernels, for workers; there before any view is shown. */
export let code: Uint8Array<ArrayBuffer>;

export async function loadKernels(): Promise<void> {
  code = await load('data/kernels.wasm');
  exported = await opened(code, memory);
}

function calling(call: Slopes, constants: readonly number[]): Evaluate {
  return (x) => {
    const value = new Float32Array(x.length), slope = new Float32Array(x.length);
    for (let at = 0; at < x.length; at += MOST) {
      const part = x.subarray(at, at + MOST), size = 4 * part.length;
      new Float64Array(memory.buffer, CONSTANTS, constants.length).set(constants);
      new Float32Array(memory.buffer, FROM, part.length).set(part);
      call(FROM, FROM + size, FROM + 2 * size, part.length, CONSTANTS);
      value.set(new Float32Array(memory.buffer, FROM + size, part.length), at);
      slope.set(new Float32Array(memory.buffer, FROM + 2 * size, part.length), at);
    }
    return { value, slope };
  };
}

/** The entries that have kernels: the element-wise ones. */
export const known = (): string[] => Object.keys(facts.kernels);

export function evaluator(name: string, constants = facts.kernels[name].constants): Evaluate {
  return calling(exported[facts.kernels[name].fd] as Slopes, constants);
}

/** A module of one formula, as the server sends it. */
export async function evaluatorOf(code: Uint8Array<ArrayBuffer>, fd: string): Promise<(constants: number[]) => Evaluate> {
  const own: WebAssembly.Exports = await opened(code, memory);
  return (constants) => calling(own[fd] as Slopes, constants);
}

/** f and f' of one number. */
export function apply(name: string, z: number): { value: number; slope: number } {
  const { value, slope } = evaluator(name)(Float32Array.of(z));
  return { value: Number(value[0]), slope: Number(slope[0]) };
}

export const kinksOf = (name: string): number[] => facts.entries[name].kinks ?? [];
export const breaksOf = (name: string): number[] => facts.entries[name].breakpoints ?? [];
export const jumpsOf = (name: string): number[] => (facts.entries[name].jumps ?? []).map(([place]) => place);
