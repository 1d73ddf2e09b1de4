// A link is the recording of a view: '#/race?' and a small JSON, percent-encoded.

export type Part = Record<string, unknown>;
export interface Link {
  view: string;
  part: Part;
}

/** Why a link is refused: the key of a sentence and its gaps. */
export class Refusal extends Error {
  readonly key: string;
  readonly gaps: Record<string, string | number>;

  constructor(key: string, gaps: Record<string, string | number> = {}) {
    super(key);
    this.key = key;
    this.gaps = gaps;
  }
}

const LONGEST = 6000; // characters; longer ones break in mail and chat

/** Read a fragment. Throws Refusal. */
export function parse(hash: string, views: readonly string[]): Link {
  if (hash.length > LONGEST) throw new Refusal('lab.link.long', { given: hash.length, most: LONGEST });
  const [path, written = ''] = split(hash);
  const view = path.replace(/^#?\/?/, '');
  if (view === '') return { view: views[0], part: {} };
  if (!views.includes(view)) throw new Refusal('lab.link.view', { given: view.slice(0, 40) });
  return { view, part: written === '' ? {} : partOf(written) };
}

function split(hash: string): string[] {
  const at = hash.indexOf('?');
  return at < 0 ? [hash] : [hash.slice(0, at), hash.slice(at + 1)];
}

function partOf(written: string): Part {
  try {
    const part: unknown = JSON.parse(decodeURIComponent(written));
    if (typeof part === 'object' && part !== null && !Array.isArray(part)) return part as Part;
  } catch {
    // not JSON, or not encoded as a link: the same sentence
  }
  throw new Refusal('lab.link.damaged');
}

/** Write a fragment; `:` and `,` stay readable. */
export function print(view: string, part: Part): string {
  if (Object.keys(part).length === 0) return `#/${view}`;
  const text = encodeURIComponent(JSON.stringify(part));
  return `#/${view}?${text.replaceAll('%3A', ':').replaceAll('%2C', ',')}`;
}

/** What one value of a view may be; `value` is the default, which links leave out. */
export type Field =
  | { kind: 'number'; value: number; low: number; high: number; whole?: boolean }
  | { kind: 'choice'; value: string; of: () => readonly string[] }
  | { kind: 'flag'; value: boolean }
  | { kind: 'text'; value: string; longest: number }
  | { kind: 'list'; value: unknown[]; of: Field; least: number; most: number };
export type Shape = Record<string, Field>;

export const number = (value: number, low: number, high: number): Field => ({ kind: 'number', value, low, high });
export const whole = (value: number, low: number, high: number): Field => ({ kind: 'number', value, low, high, whole: true });
export const choice = (value: string, of: () => readonly string[]): Field => ({ kind: 'choice', value, of });
export const flag = (value: boolean): Field => ({ kind: 'flag', value });
export const text = (value: string, longest: number): Field => ({ kind: 'text', value, longest });
export const list = (value: unknown[], of: Field, least: number, most: number): Field => ({ kind: 'list', value, of, least, most });

function checked(given: unknown, field: Field, name: string): unknown {
  const wrong = new Refusal('lab.link.value', { name, given: JSON.stringify(given)?.slice(0, 40) ?? '' });
  if (field.kind === 'list') {
    if (!Array.isArray(given) || given.length < field.least || given.length > field.most) throw wrong;
    return given.map((each) => checked(each, field.of, name));
  }
  if (!allowed(given, field)) throw wrong;
  return given;
}

function allowed(given: unknown, field: Exclude<Field, { kind: 'list' }>): boolean {
  if (field.kind === 'flag') return typeof given === 'boolean';
  if (field.kind === 'choice') return typeof given === 'string' && field.of().includes(given);
  if (field.kind === 'text') return typeof given === 'string' && given.length <= field.longest;
  const inside = typeof given === 'number' && given >= field.low && given <= field.high;
  return inside && (!field.whole || Number.isInteger(given));
}

/** The state of a view: what the link says, defaults for the rest. Throws Refusal. */
export function fitted<T>(part: Part, shape: Shape): T {
  for (const name of Object.keys(part)) {
    if (!Object.hasOwn(shape, name)) throw new Refusal('lab.link.name', { given: name.slice(0, 40) });
  }
  const pairs = Object.entries(shape).map(([name, field]) =>
    [name, Object.hasOwn(part, name) ? checked(part[name], field, name) : structuredClone(field.value)]);
  return Object.fromEntries(pairs) as T;
}

/** What a link must say of a state: all that is not a default. */
export function differences(state: object, shape: Shape): Part {
  const pairs = Object.entries(state).filter(([name, value]) =>
    Object.hasOwn(shape, name) && JSON.stringify(value) !== JSON.stringify(shape[name].value));
  return Object.fromEntries(pairs);
}
