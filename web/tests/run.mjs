// npm test: bundle the tests with Vite (Node 20 reads no TypeScript), then run them with Node's own runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here).filter((name) => (wanted.length ? wanted.includes(name) : name.endsWith('.test.ts')));
const out = mkdtempSync(join(tmpdir(), 'nonlin-web-'));
await build({
  configFile: false,
  root: here,
  logLevel: 'error',
  build: { ssr: true, outDir: out, rolldownOptions: { input: files.map((name) => here + name), output: { entryFileNames: '[name].mjs' } } },
});
const tests = files.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
const { status } = spawnSync(process.execPath, ['--test', ...tests], { stdio: 'inherit' });
rmSync(out, { recursive: true });
process.exit(status ?? 1);
