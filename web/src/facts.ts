// data/facts.json: the catalogue as data, written by src/nonlin/lab/facts.py.
import { loadJson } from './data';

export interface Kernel {
  f: string; // name of the export that gives values
  fd: string; // name of the export that gives values and slopes
  constants: number[]; // of the entry's parameters
}

export interface Parameter {
  name: string;
  default: number;
  low: number | null;
  high: number | null;
}

export interface Entry {
  family: string;
  year: number;
  kind: string;
  parameters: Parameter[];
  mathml: string;
  mathml_slope?: string;
  formula?: string;
  source?: string;
  aliases?: string[];
  elsewhere?: string[]; // its names in other libraries
  gain: number | null;
  gain_backward?: number | null;
  lipschitz: number | null;
  smooth?: boolean;
  bounded?: boolean;
  zero_centred?: boolean;
  monotone?: string | null;
  parity?: string | null;
  exponentials?: number;
  breakpoints?: number[];
  kinks?: number[];
  jumps?: [number, number][]; // where, and by how much
  dead?: Span[];
  saturated?: Span[];
  curve?: { low: number; step: number; y: number[] }; // of functions that no kernel draws
  row?: { x: number[]; y: number[] }; // of functions of rows
}

export type Span = [number | string, number | string]; // infinite ends are text

export interface Facts {
  kernels: Record<string, Kernel>;
  entries: Record<string, Entry>;
}

/** What is known of every entry, the best known first; there before any view is shown. */
export let facts: Facts = { kernels: {}, entries: {} };

export async function loadFacts(): Promise<void> {
  const { kernels, entries } = await loadJson<Facts>('data/facts.json');
  facts = { kernels: inOrder(kernels), entries: inOrder(entries) };
}

const FIRST = ['relu', 'leaky_relu', 'gelu', 'silu', 'tanh', 'sigmoid', 'softmax', 'elu', 'softplus', 'mish'];

/** FIRST, then family by family, as they come. */
function inOrder<T>(all: Record<string, T>): Record<string, T> {
  const first = FIRST.filter((name) => name in all).map((name) => [name, all[name]]);
  return { ...Object.fromEntries(first), ...all };
}
