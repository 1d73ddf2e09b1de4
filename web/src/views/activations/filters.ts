// The filters of `nonlin list` (src/nonlin/cli/list.py), on facts.json.
export interface Listed {
  name: string;
  kind: string;
  formula?: string;
  source?: string;
  aliases?: string[];
  elsewhere?: string[];
  smooth?: boolean;
  monotone?: string | null;
  bounded?: boolean;
  parity?: string | null;
  zero_centred?: boolean;
  exponentials?: number;
}

export const FLAGS = ['smooth', 'monotone', 'bounded', 'odd', 'even', 'zero_centred'] as const;
export type Flag = (typeof FLAGS)[number];

export interface Wanted {
  words: string;
  flags: readonly string[];
  kind: string; // '' for any
  cost: string; // most exponentials, '' for any
}

const HOLDS: Record<Flag, (entry: Listed) => boolean> = {
  smooth: (entry) => entry.smooth === true,
  monotone: (entry) => entry.monotone != null,
  bounded: (entry) => entry.bounded === true,
  odd: (entry) => entry.parity === 'odd',
  even: (entry) => entry.parity === 'even',
  zero_centred: (entry) => entry.zero_centred === true,
};

const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, ' ');

/** Does every word stand somewhere in names, titles, formula and source? */
export function mentions(entry: Listed, words: string, titles: readonly string[]): boolean {
  const texts = [entry.name, entry.formula ?? '', entry.source ?? '', ...titles,
    ...(entry.aliases ?? []), ...(entry.elsewhere ?? [])];
  const everything = [...texts, ...texts.map(plain)].join('\n').toLowerCase();
  return plain(words).split(/\s+/).every((word) => everything.includes(word));
}

/** Flags and cost are measured on element-wise functions: no other kind has them. */
export function passes(entry: Listed, wanted: Wanted, titles: readonly string[]): boolean {
  if (wanted.kind && entry.kind !== wanted.kind) return false;
  const measured = wanted.flags.length > 0 || wanted.cost !== '';
  if (measured && entry.kind !== 'elementwise') return false;
  if (wanted.cost !== '' && (entry.exponentials ?? Infinity) > Number(wanted.cost)) return false;
  if (!wanted.flags.every((flag) => HOLDS[flag as Flag](entry))) return false;
  return mentions(entry, wanted.words, titles);
}
