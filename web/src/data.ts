// The files of the site: embedded in the page (single file), or beside it.

let embedded: Record<string, string> | undefined;

function inPage(path: string): string | undefined {
  embedded ??= JSON.parse(document.getElementById('data')?.textContent ?? '{}') as Record<string, string>;
  return embedded[path];
}

/** The bytes of a file, named from the root of the site: 'data/kernels.wasm'. */
export async function load(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = inPage(path);
  if (text !== undefined) return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** The same, read as JSON. */
export async function loadJson<T>(path: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await load(path))) as T;
}

/** Is this a page without its folder: the single file, or one that was opened from a disk? */
export const alone = (): boolean => document.getElementById('data') !== null || location.protocol === 'file:';

/** Is this the page of `nonlin lab`, with Python behind it? The server puts the mark in. */
export const served = (): boolean => document.querySelector('meta[name="nonlin-lab"]') !== null;
