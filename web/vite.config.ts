import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

// Browsers refuse module scripts under file://, so one classic script is written.
const classic: Plugin = {
  name: 'classic-script',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replaceAll(/ type="module" crossorigin| crossorigin/g, (found) => (found.includes('module') ? ' defer' : '')),
  },
};

// Python for formulas that readers type, loaded when the first one is typed: see src/python.ts.
// Pyodide's package names its licence without the text, which another package has word for word.
const taken = {
  'lightningcss/LICENSE': 'MPL-2.0.txt',
  ...Object.fromEntries(['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'pyodide-lock.json', 'python_stdlib.zip'].map((name) => [`pyodide/${name}`, name])),
};
const python: Plugin = {
  name: 'python',
  generateBundle() {
    for (const [from, name] of Object.entries(taken)) {
      const file = fileURLToPath(new URL(`node_modules/${from}`, import.meta.url));
      this.emitFile({ type: 'asset', fileName: `pyodide/${name}`, source: readFileSync(file) });
    }
  },
};

export default defineConfig({
  base: './',
  plugins: [svelte(), classic, python],
  worker: { format: 'iife' },
  build: {
    target: ['chrome123', 'firefox120', 'safari17.5'], // light-dark() and vectors of WebAssembly
    modulePreload: false,
    cssCodeSplit: false,
    license: { fileName: 'licences.md' }, // of what is bundled: they travel with it
    rolldownOptions: {
      output: { format: 'iife', entryFileNames: 'assets/lab.js', assetFileNames: 'assets/lab[extname]' },
    },
  },
});
