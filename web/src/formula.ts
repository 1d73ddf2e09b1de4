// A formula that a reader typed, read by nonlin's own parser: by the server of `nonlin lab`.
import { served } from './data';
import type { Entry, Kernel } from './facts';
import { language, t, type Words } from './text.svelte';
import type { Subject } from './views/activations/subject';
import type { Evaluate } from './views/depth/field';
import { evaluatorOf } from './views/evaluate';

export type Typed = Subject & { evaluate: (parameters: number[]) => Evaluate | null };
type Answer = { error: string } | (Entry & { words: Words; kernel?: Kernel; wasm?: string });

/** What the formula is, or one sentence that says why it is none. */
export async function formulaOf(formula: string): Promise<Typed | { error: string }> {
  if (!served()) return { error: t('lab.activations.own_offline') };
  try {
    const headers = { 'Content-Type': 'application/json' }, body = JSON.stringify({ formula });
    const answer = await fetch(`api/formula?lang=${language()}`, { method: 'POST', headers, body });
    return await read((await answer.json()) as Answer, formula);
  } catch {
    return { error: t('lab.activations.own_gone') };
  }
}

async function read(answer: Answer, formula: string): Promise<Typed | { error: string }> {
  if ('error' in answer) return answer;
  const { words, kernel, wasm } = answer;
  const code = Uint8Array.from(atob(wasm ?? ''), (letter) => letter.charCodeAt(0));
  const evaluate = kernel ? await evaluatorOf(code, kernel.fd) : () => null;
  return { name: formula, facts: answer, words: { ...words, title: formula }, evaluate };
}
