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

/** A refusal that was caught; anything else is thrown again. */
export function refusal(problem: unknown): Refusal {
  if (problem instanceof Refusal) return problem;
  throw problem;
}

const LONGEST = 6000; // characters; longer ones break in mail and chat

/** Read a fragment. Throws Refusal. */
export function parse(hash: string, views: readonly string[]): Link {
  if (hash.length > LONGEST) throw new Refusal('lab.link.long', { given: hash.length, most: LONGEST });
  const [path, ...rest] = hash.split('?'), written = rest.join('?');
  const view = path.replace(/^#?\/?/, '');
  if (view === '') return { view: views[0], part: {} };
  if (!views.includes(view)) throw new Refusal('lab.link.view', { given: view.slice(0, 40) });
  return { view, part: written === '' ? {} : partOf(written) };
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
export interface Field<T = unknown> {
  value: T;
  fits: (given: unknown) => boolean;
}
export type Shape = Record<string, Field>;
export type StateOf<S extends Shape> = { [name in keyof S]: S[name]['value'] };

const within = (given: unknown, low: number, high: number): boolean => typeof given === 'number' && given >= low && given <= high;

export const number = (value: number, low: number, high: number): Field<number> => ({ value, fits: (given) => within(given, low, high) });
export const whole = (value: number, low: number, high: number): Field<number> => ({ value, fits: (given) => within(given, low, high) && Number.isInteger(given) });
export const choice = <T extends string>(value: NoInfer<T>, of: () => readonly T[]): Field<T> =>
  ({ value, fits: (given) => (of() as readonly unknown[]).includes(given) });
export const flag = (value: boolean): Field<boolean> => ({ value, fits: (given) => typeof given === 'boolean' });
export const text = (value: string, longest: number): Field<string> => ({ value, fits: (given) => typeof given === 'string' && given.length <= longest });
export const list = <T>(value: NoInfer<T>[], of: Field<T>, least: number, most: number): Field<T[]> => ({
  value,
  fits: (given) => Array.isArray(given) && within(given.length, least, most) && given.every((each) => of.fits(each)),
});

/** The state of a view: what the link says, defaults for the rest. Throws Refusal. */
export function fitted<S extends Shape>(part: Part, shape: S): StateOf<S> {
  for (const name of Object.keys(part)) {
    if (!Object.hasOwn(shape, name)) throw new Refusal('lab.link.name', { given: name.slice(0, 40) });
  }
  const pairs = Object.entries(shape).map(([name, field]) => {
    const given = Object.hasOwn(part, name) ? part[name] : structuredClone(field.value);
    if (!field.fits(given)) throw new Refusal('lab.link.value', { name, given: JSON.stringify(given).slice(0, 40) });
    return [name, given];
  });
  return Object.fromEntries(pairs) as StateOf<S>;
}

/** What a link must say of a state: all that is not a default. */
export function differences(state: object, shape: Shape): Part {
  const pairs = Object.entries(state).filter(([name, value]) =>
    Object.hasOwn(shape, name) && JSON.stringify(value) !== JSON.stringify(shape[name].value));
  return Object.fromEntries(pairs);
}
