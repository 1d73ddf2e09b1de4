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

export default defineConfig({
  base: './',
  plugins: [svelte(), classic],
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
