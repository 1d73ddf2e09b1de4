// The filters of `nonlin list` (src/nonlin/cli/list.py), on facts.json.
import type { Entry } from '../../facts';

export const FLAGS = ['smooth', 'monotone', 'bounded', 'odd', 'even', 'zero_centred'] as const;
export const KINDS = ['', 'elementwise', 'rowwise', 'gated', 'reshaping', 'random'] as const; // '': any
export const COSTS = ['', '0', '1', '2', '3']; // most exponentials

export interface Wanted {
  words: string;
  flags: string[];
  kind: string;
  cost: string;
}

function holds(entry: Entry, flag: string): boolean {
  if (flag === 'odd' || flag === 'even') return entry.parity === flag;
  return flag === 'monotone' ? entry.monotone != null : entry[flag as 'smooth'] === true;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, ' ');

/** Does every word stand somewhere in its names, formula and source? */
function mentions(entry: Entry, words: string, names: readonly string[]): boolean {
  const texts = [...names, entry.formula ?? '', entry.source ?? '',
    ...(entry.aliases ?? []), ...(entry.elsewhere ?? [])];
  const everything = [...texts, ...texts.map(plain)].join('\n').toLowerCase();
  return plain(words).split(/\s+/).every((word) => everything.includes(word));
}

/** Flags and cost are measured on element-wise functions: no other kind has them. */
export function passes(entry: Entry, wanted: Wanted, names: readonly string[]): boolean {
  if (wanted.kind && entry.kind !== wanted.kind) return false;
  const measured = wanted.flags.length > 0 || wanted.cost !== '';
  if (measured && entry.kind !== 'elementwise') return false;
  if (wanted.cost !== '' && (entry.exponentials ?? Infinity) > Number(wanted.cost)) return false;
  if (!wanted.flags.every((flag) => holds(entry, flag))) return false;
  return mentions(entry, wanted.words, names);
}
