// A formula that a reader typed, read by nonlin's own parser: by the server of `nonlin lab`.
import { served } from './data';
import { language, t } from './text.svelte';
import type { Evaluate } from './views/depth/field';
import { evaluatorOf } from './views/evaluate';
import type { Facts, Said, Subject } from './views/activations/subject';

export type Typed = { error: string } | (Subject & { evaluate: (parameters: number[]) => Evaluate | null });

type Answer = { error: string } | (Facts & Said & { name: string; wasm?: string; fd?: string });

/** What the formula is, or one sentence that says why it is none. */
export async function formulaOf(formula: string): Promise<Typed> {
  if (!served()) return { error: t('lab.activations.own_offline') };
  try {
    const answer = await fetch('api/formula', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ formula, language: language() }),
    });
    return await read((await answer.json()) as Answer, formula);
  } catch {
    return { error: t('lab.activations.own_gone') };
  }
}

async function read(answer: Answer, formula: string): Promise<Typed> {
  if ('error' in answer) return answer;
  const bytes = answer.wasm ? Uint8Array.from(atob(answer.wasm), (letter) => letter.charCodeAt(0)) : null;
  const evaluate = bytes ? await evaluatorOf(bytes, answer.fd ?? '') : () => null;
  return { name: formula, facts: answer, words: { ...answer, title: formula }, evaluate };
}
