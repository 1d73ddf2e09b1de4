// A formula that a reader typed, read by nonlin's own parser: by the server of `nonlin lab`, or,
// on a site without one, by the same Python code in the browser.
import { alone, served } from './data';
import { facts, type Entry, type Kernel } from './facts';
import { ask, toLoad } from './python';
import { language, t, wordsOf, type Words } from './text.svelte';
import type { Evaluate } from './views/depth/field';
import { evaluator, evaluatorOf, known } from './views/evaluate';
import { evaluatorOfTable } from './views/table';

/** What is shown of one activation: an entry of the catalogue, or a formula that was typed. */
export interface Subject {
  name: string;
  facts: Entry;
  words: Words;
  evaluate: (parameters: number[]) => Evaluate | null; // null: no function of one number
}
type Answer =
  | { error: string }
  | (Entry & { name: string; words: Words; kernel?: Kernel; wasm?: string; table?: string });

/** What to say while a formula is read. */
export const reading = (): string =>
  !served() && !alone() && toLoad() ? t('lab.activations.own_loading') : t('lab.activations.own_waiting');

/** What the formula is, or one sentence that says why it is none. */
export async function formulaOf(formula: string): Promise<Subject | { error: string }> {
  if (Object.hasOwn(facts.entries, formula)) return entryOf(formula);
  if (alone()) return { error: t('lab.activations.own_offline') };
  try {
    return await read(served() ? await posted(formula) : JSON.parse(await ask(formula, language())) as Answer, formula);
  } catch {
    return { error: served() ? t('lab.activations.own_gone') : t('lab.activations.own_no_python') };
  }
}

async function posted(formula: string): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json' }, body = JSON.stringify({ formula });
  const answer = await fetch(`api/formula?lang=${language()}`, { method: 'POST', headers, body });
  return (await answer.json()) as Answer;
}

const withKernel = (name: string): Subject['evaluate'] | null =>
  known().includes(name) ? (parameters) => evaluator(name, parameters) : null;

/** An entry of the catalogue. */
export function entryOf(name: string): Subject {
  return { name, facts: facts.entries[name], words: wordsOf(name), evaluate: withKernel(name) ?? (() => null) };
}

async function read(answer: Answer, formula: string): Promise<Subject | { error: string }> {
  if ('error' in answer) return answer;
  const { words } = answer;
  return { name: formula, facts: answer, words: { ...words, title: formula }, evaluate: await curveOf(answer) };
}

async function curveOf({ name, kernel, wasm, table }: Exclude<Answer, { error: string }>): Promise<Subject['evaluate']> {
  if (kernel) {
    const code = Uint8Array.from(atob(wasm ?? ''), (letter) => letter.charCodeAt(0));
    return evaluatorOf(code, kernel.fd);
  }
  if (table === undefined) return () => null;
  const sampled = evaluatorOfTable(table);
  return withKernel(name) ?? (() => sampled); // an entry with other parameters
}
