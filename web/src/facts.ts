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

/** What is known of every entry; there before any view is shown. */
export let facts: Facts = { kernels: {}, entries: {} };

export async function loadFacts(): Promise<void> {
  facts = await loadJson<Facts>('data/facts.json');
}
