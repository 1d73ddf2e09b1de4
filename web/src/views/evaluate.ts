// f and f' of many numbers, by nonlin's own kernels, on the page itself.
import { load } from '../data';
import { Calculator } from '../engine/kernels';
import { facts } from '../facts';
import type { Evaluate } from './depth/field';

let calculator: Calculator;

/** Before any view is shown. */
export async function loadKernels(): Promise<void> {
  calculator = await Calculator.open(await load('data/kernels.wasm'));
}

/** The entries that have kernels: the element-wise ones. */
export const known = (): string[] => Object.keys(facts.kernels);

export function evaluator(name: string, constants = facts.kernels[name].constants): Evaluate {
  return (x) => calculator.slopes({ ...facts.kernels[name], constants }, x);
}

/** A module of one formula, as the server sends it. */
export async function evaluatorOf(code: Uint8Array<ArrayBuffer>, fd: string): Promise<(constants: number[]) => Evaluate> {
  const own = await Calculator.open(code);
  return (constants) => (x) => own.slopes({ f: '', fd, constants }, x);
}

/** f and f' of one number. */
export function apply(name: string, z: number): { value: number; slope: number } {
  const { value, slope } = evaluator(name)(Float32Array.of(z));
  return { value: Number(value[0]), slope: Number(slope[0]) };
}

/** Infinite numbers stand in facts.json as text. */
export const numbers = (found: unknown): number[] => ((found as unknown[] | undefined) ?? []).map(Number);

export const kinksOf = (name: string): number[] => numbers(facts.entries[name].kinks);
export const breaksOf = (name: string): number[] => numbers(facts.entries[name].breakpoints);
export const jumpsOf = (name: string): number[] =>
  ((facts.entries[name].jumps as [unknown, unknown][] | undefined) ?? []).map(([place]) => Number(place));
