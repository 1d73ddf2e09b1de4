// What is shown of one activation: an entry of the catalogue, or a formula that was typed.
import type { Entry, Span } from '../../facts';
import type { Band } from '../../parts/Plot.svelte';
import type { Words } from '../../text.svelte';

export interface Subject {
  name: string;
  facts: Entry;
  words: Words;
}

/** Dead and saturated regions, to be drawn. */
export function bands(facts: Entry, dead: string, saturated: string): Band[] {
  const spans = (name: string, colour: number, found: Span[] = []): Band[] =>
    found.map(([from, to]) => ({ name, from: Number(from), to: Number(to), colour }));
  return [...spans(dead, 1, facts.dead), ...spans(saturated, 0, facts.saturated)];
}
