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
  gain: number | null;
  lipschitz: number | null;
  [more: string]: unknown; // each view names what it reads beyond this
}

export interface Facts {
  kernels: Record<string, Kernel>;
  entries: Record<string, Entry>;
}

/** What is known of every entry; there before any view is shown. */
export let facts: Facts = { kernels: {}, entries: {} };

export async function loadFacts(): Promise<void> {
  facts = await loadJson<Facts>('data/facts.json');
}
