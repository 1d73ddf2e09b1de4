// pytest (tests/web/test_race_journeys.py) gives what a browser has found: Node must find the same bits.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { opened, unitOf, type Slopes } from '../src/engine/kernels.ts';
import { fingerprint } from '../src/engine/random.ts';
import { Race } from '../src/engine/race.ts';
import type { Facts } from '../src/facts.ts';
import { points } from '../src/views/race/data.ts';
import { mapPixels, palette } from '../src/views/race/paint.ts';

const folder = process.env.NONLIN_DATA!;
const { racers, hidden, epoch, batch = 32, fingerprints, pixels } = JSON.parse(process.env.NONLIN_BITS!);

test('a browser and Node have the same bits and the same pixels', async () => {
  const code = new Uint8Array(readFileSync(join(folder, 'kernels.wasm')));
  const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as Facts;
  const memory = new WebAssembly.Memory({ initial: 4 });
  const exports = await opened(code, memory);
  const wave = (angles: Float32Array) => {
    const [x, y] = [4096, 16384].map((at) => new Float32Array(memory.buffer, at, angles.length));
    x.set(angles);
    (exports[facts.kernels.sine.fd] as Slopes)(x.byteOffset, y.byteOffset, 65536, x.length, 1024);
    return y.slice();
  };
  const { train, test: rest, plane } = points('spiral', 0.06, 1, wave);
  const rule = { optimizer: 'adamw', rate: 0.01, decay: 0, momentum: 0.9 } as const;
  const job = { sizes: [2, ...hidden, 2], train, test: rest, rule, batch, seed: 1, matched: true, plane, grid: 60 };
  const units = racers.map((racer: string[]) => hidden.map((_: number, k: number) => unitOf(racer[Math.min(k, racer.length - 1)], facts)));
  const race = await Race.open(code, job, units);
  while (race.epoch < epoch) race.advance();
  const { looks } = race.frame(0);
  assert.deepEqual(looks.map((look) => look.fingerprint.toString(16)), fingerprints);
  if (!pixels) return;
  const light = palette([255, 255, 255], [[0, 114, 178], [192, 79, 0]]); // --paper, --c0 and --c1 of app.css
  const painted = looks.map(({ picture }) => new Float32Array(mapPixels(picture, light).buffer));
  assert.deepEqual(painted.map((each) => fingerprint(each).toString(16)), pixels);
});
