// A worker: Python and nonlin's own files, which read one formula after another.
import { loadPyodide } from './pyodide.mjs';

async function started() {
  const python = await loadPyodide();
  const files = await fetch('nonlin.zip');
  if (!files.ok) throw new Error(`nonlin.zip: ${files.status}`);
  python.unpackArchive(await files.arrayBuffer(), 'zip', { extractDir: '/nonlin' });
  python.runPython("import sys; sys.path.insert(0, '/nonlin')");
  return python.pyimport('nonlin.lab.typed').answer;
}

const ready = started();
ready.then(() => postMessage({ ready: true }));
self.onunhandledrejection = (event) => { // also where a part of Pyodide fails, which then waits forever
  event.preventDefault();
  postMessage({ failed: String(event.reason) });
};
self.onmessage = async ({ data: { formula, language }, ports: [port] }) => port.postMessage((await ready)(formula, language));
