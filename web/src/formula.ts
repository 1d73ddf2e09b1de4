// A formula that a reader typed, read by nonlin's own parser: by the server of `nonlin lab`, or,
// on a site without one, by the same Python code in the browser.
import { alone, served } from './data';
import { facts, type Entry, type Kernel } from './facts';
import { ask, toLoad } from './python';
import { language, t, wordsOf, type Words } from './text.svelte';
import type { Subject } from './views/activations/subject';
import type { Evaluate } from './views/depth/field';
import { evaluator, evaluatorOf, known } from './views/evaluate';
import { evaluatorOfTable } from './views/table';

export type Typed = Subject & { evaluate: (parameters: number[]) => Evaluate | null };
type Answer =
  | { error: string }
  | (Entry & { name: string; words: Words; kernel?: Kernel; wasm?: string; table?: string });

/** What to say while a formula is read. */
export const reading = (): string =>
  !served() && !alone() && toLoad() ? t('lab.activations.own_loading') : t('lab.activations.own_waiting');

/** What the formula is, or one sentence that says why it is none. */
export async function formulaOf(formula: string): Promise<Typed | { error: string }> {
  if (!served() && formula in facts.entries) return entryOf(formula);
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

const withKernel = (name: string): Typed['evaluate'] | null =>
  known().includes(name) ? (parameters) => evaluator(name, parameters) : null;

function entryOf(name: string): Typed {
  return { name, facts: facts.entries[name], words: wordsOf(name), evaluate: withKernel(name) ?? (() => null) };
}

async function read(answer: Answer, formula: string): Promise<Typed | { error: string }> {
  if ('error' in answer) return answer;
  const { words } = answer;
  return { name: formula, facts: answer, words: { ...words, title: formula }, evaluate: await curveOf(answer) };
}

async function curveOf({ name, kernel, wasm, table }: Exclude<Answer, { error: string }>): Promise<Typed['evaluate']> {
  if (kernel) {
    const code = Uint8Array.from(atob(wasm ?? ''), (letter) => letter.charCodeAt(0));
    return evaluatorOf(code, kernel.fd);
  }
  if (table === undefined) return () => null;
  const sampled = evaluatorOfTable(table);
  return withKernel(name) ?? (() => sampled); // an entry with other parameters
}
