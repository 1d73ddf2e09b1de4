// What is shown of one activation: an entry of the catalogue, or a formula that was typed.
import type { Band } from '../../parts/Plot.svelte';
import { numbers } from '../evaluate';

export interface Facts {
  kind: string;
  parameters: { name: string; default: number; low: number | null; high: number | null }[];
  mathml: string;
  mathml_slope?: string;
  source?: string;
  gain?: number | null;
  gain_backward?: number | null;
  kinks?: number[];
  jumps?: [number, number][];
  dead?: [unknown, unknown][];
  saturated?: [unknown, unknown][];
  curve?: { low: number; step: number; y: number[] };
  row?: { x: number[]; y: number[] };
}

export interface Said {
  title: string;
  strengths: string[];
  weaknesses: string[];
  lines?: [string, string][];
  mathml?: string; // where this language writes it otherwise
  mathml_slope?: string;
}

export interface Subject {
  name: string;
  facts: Facts;
  words: Said;
}

/** Dead and saturated regions, to be drawn. */
export function bands(facts: Facts, dead: string, saturated: string): Band[] {
  const spans = (name: string, found: [unknown, unknown][] | undefined, colour: number): Band[] =>
    (found ?? []).map((span) => ({ name, from: numbers(span)[0], to: numbers(span)[1], colour }));
  return [...spans(dead, facts.dead, 1), ...spans(saturated, facts.saturated, 0)];
}
