// Python in a worker, from the site's own folder pyodide/; loaded when a formula is typed first.
type Told = { ready: true } | { failed: string };

let python: { worker: Worker; lost: Promise<never> } | null = null;
let ready = false;

/** Has Python still to be loaded? */
export const toLoad = (): boolean => !ready;

function started(): { worker: Worker; lost: Promise<never> } {
  const worker = new Worker(new URL('pyodide/reader.mjs', document.baseURI), { type: 'module' });
  const lost = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if ('failed' in data) reject(new Error(data.failed));
      else ready = true;
    };
  });
  lost.catch((problem: Error) => {
    console.warn(problem.message);
    worker.terminate();
    [python, ready] = [null, false]; // the next formula tries again
  });
  return { worker, lost };
}

/** What nonlin/lab/typed.py says of a formula, as JSON. Fails where Python cannot be loaded. */
export function ask(formula: string, language: string): Promise<string> {
  const { worker, lost } = (python ??= started());
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ formula, language }, [port2]);
  return Promise.race([lost, new Promise<string>((resolve) => { port1.onmessage = ({ data }) => resolve(data); })]);
}
