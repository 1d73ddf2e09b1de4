// benchmarks/lab.py runs this: CPU time of one step of 2-64-64-2, in milliseconds.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unitOf } from '../src/engine/kernels.ts';
import { Race } from '../src/engine/race.ts';
import type { Facts } from '../src/facts.ts';

const [folder, out] = [process.env.NONLIN_DATA!, process.env.NONLIN_SPEED!];
const code = new Uint8Array(readFileSync(join(folder, 'kernels.wasm')));
const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as Facts;
const { rows, epochs, inputs, labels } = JSON.parse(readFileSync(process.env.NONLIN_JOB!, 'utf8'));
const data = { inputs: Float32Array.from(inputs), goals: { labels: Uint8Array.from(labels) }, rows };
const rule = { optimizer: 'adamw', rate: 0.001, decay: 0, momentum: 0.9 } as const;
const job = { sizes: [2, 64, 64, 2], train: data, test: data, rule, batch: 32, seed: 1, matched: true, plane: null, grid: 60 };
const COMPILING = 20; // epochs, until all that is called often is compiled
const found: Record<string, number> = {};
for (const name of ['relu', 'tanh', 'silu', 'gelu']) {
  const race = await Race.open(code, job, [[unitOf(name, facts), unitOf(name, facts)]]);
  for (let k = 0; k < COMPILING; k++) race.advance();
  const begin = process.cpuUsage();
  for (let k = 0; k < epochs; k++) race.advance();
  const { user, system } = process.cpuUsage(begin);
  found[name] = (user + system) / 1000 / (epochs * Math.ceil(rows / 32)); // milliseconds
}
writeFileSync(out, JSON.stringify(found));
