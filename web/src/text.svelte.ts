// What readers read, in the language they chose. Texts are data: src/nonlin/messages/*/lab*.toml.
import { loadJson } from './data';
import { kept, keep } from './kept';

export type Language = 'en' | 'zh';
export interface Words {
  title: string;
  strengths: string[];
  weaknesses: string[];
  lines?: [string, string][]; // label and text, as `nonlin show` prints them
  mathml?: string; // where this language writes it otherwise
  mathml_slope?: string;
}

const told = $state({
  language: 'en' as Language,
  texts: {} as Record<string, string>,
  words: {} as Record<string, Words>,
});

export const language = (): Language => told.language;

/** The language that the reader chose before, or that the browser asks for. */
export function firstLanguage(): Language {
  const wanted = kept('language') ?? navigator.language;
  return wanted.startsWith('zh') ? 'zh' : 'en';
}

/** Switch to a language, in place. */
export async function speak(wanted: Language): Promise<void> {
  const texts = await loadJson<Record<string, string>>(`data/text.${wanted}.json`);
  const words = await loadJson<Record<string, Words>>(`data/facts.${wanted}.json`);
  Object.assign(told, { language: wanted, texts, words });
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
  keep('language', wanted);
}

/** A sentence, with its gaps filled. */
export function t(key: string, gaps: Record<string, string | number> = {}): string {
  const text = told.texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}

/** Title, strengths and weaknesses of an entry. */
export const wordsOf = (name: string): Words =>
  told.words[name] ?? { title: name, strengths: [], weaknesses: [] };
