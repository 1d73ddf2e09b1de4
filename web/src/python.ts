// Python in a worker, from the site's own folder pyodide/; loaded when a formula is typed first.
type Told = { ready: true } | { answer: string } | { failed: string };
interface Waiting {
  resolve: (answer: string) => void;
  reject: (problem: Error) => void;
}

let worker: Worker | null = null;
let ready = false;
let waiting: Waiting[] = []; // answers come in the order of the questions

/** Has Python still to be loaded? */
export const toLoad = (): boolean => !ready;

function lost(problem: string): void {
  console.warn(problem);
  worker?.terminate();
  [worker, ready] = [null, false]; // the next formula tries again
  waiting.splice(0).forEach((each) => each.reject(new Error(problem)));
}

function started(): Worker {
  const made = new Worker(new URL('pyodide/reader.mjs', document.baseURI), { type: 'module' });
  made.onerror = (event) => lost(event.message);
  made.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('failed' in data) lost(data.failed);
    else if ('answer' in data) waiting.shift()?.resolve(data.answer);
    else ready = true;
  };
  return made;
}

/** What nonlin/lab/typed.py says of a formula, as JSON. Fails where Python cannot be loaded. */
export function ask(formula: string, language: string): Promise<string> {
  return new Promise((resolve, reject) => {
    worker ??= started();
    waiting.push({ resolve, reject });
    worker.postMessage({ formula, language });
  });
}
