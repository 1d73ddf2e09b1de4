// pytest (tests/web/test_engine.py) writes kernels, facts and what Python's engine did to NONLIN_GOLDEN.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { unitOf } from '../src/engine/kernels.ts';
import type { Job } from '../src/engine/job.ts';
import { Race } from '../src/engine/race.ts';
import { fingerprint } from '../src/engine/random.ts';
import type { Facts } from '../src/facts.ts';

const folder = process.env.NONLIN_GOLDEN!;
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const code = new Uint8Array(readFileSync(join(folder, 'kernels.wasm')));
const facts = read('facts.json') as Facts;
const golden = read('golden.json');

function jobOf(case_: any): Job {
  const goals = case_.classes ? { labels: Uint8Array.from(case_.y) } : { targets: Float32Array.from(case_.y) };
  const rows = { inputs: Float32Array.from(case_.x), goals, rows: case_.y.length };
  const { sizes, rule, batch, seed } = case_;
  return { sizes, train: rows, test: rows, rule, batch, seed, matched: true, plane: [-1, 1], grid: 20 };
}

const unitsOf = (names: string[]) => names.map((name) => unitOf(name, facts));

async function raced(case_: any, epochs: number): Promise<Race> {
  const race = await Race.open(code, jobOf(case_), [unitsOf(case_.hidden)]);
  race.runners[0].net.parameters.set(case_.parameters);
  for (let k = 0; k < epochs; k++) race.advance();
  return race;
}

for (const [name, case_] of Object.entries<any>(golden)) {
  test(`losses follow the Python engine: ${name}`, async () => {
    const race = await raced(case_, case_.losses.length);
    case_.losses.forEach((loss: number, k: number) => {
      const apart = Math.abs(race.runners[0].losses[k] / loss - 1);
      assert.ok(apart < 1e-5, `epoch ${k + 1}: ${race.runners[0].losses[k]} and ${loss}`);
    });
  });
}

const first = golden[Object.keys(golden)[0]];

async function started(names: string[][], change: Partial<Job> = {}): Promise<Race> {
  return Race.open(code, { ...jobOf(first), ...change }, names.map(unitsOf));
}

const hashes = (race: Race) => race.runners.map(({ net }) => fingerprint(net.parameters));

test('the same seed gives the same bits, whoever else runs', async () => {
  const [one, other] = [await started([['silu', 'silu'], ['tanh', 'relu']]), await started([['tanh', 'relu']])];
  for (let k = 0; k < 20; k++) [one, other].forEach((race) => race.advance());
  assert.equal(hashes(one)[1], hashes(other)[0]);
  assert.notEqual(hashes(one)[0], hashes(one)[1]);
  const pictures = [one, other].map((race) => race.frame(0).looks.at(-1)!);
  assert.deepEqual(pictures[0], pictures[1]);
});

test('a race goes back and comes again to the same place', async () => {
  const race = await started([['gelu', 'gelu'], ['sigmoid', 'sigmoid']]);
  for (let k = 0; k < 130; k++) race.advance(); // more than is kept
  const seen = [hashes(race), race.frame(0)];
  race.restore(71);
  assert.ok(race.epoch <= 71 && race.epoch > 60);
  while (race.epoch < 130) race.advance();
  assert.deepEqual([hashes(race), race.frame(0)], seen);
  race.restore(0);
  assert.equal(race.epoch, 0);
});

test('equal initialisation has no gain, matched has', async () => {
  const [equal, matched] = [await started([['relu', 'relu']], { matched: false }), await started([['relu', 'relu']])];
  const at = equal.runners[0].net.weights;
  const [a, b] = [equal, matched].map((race) => race.runners[0].net.parameters);
  assert.equal(a[0], b[0]);
  assert.ok(Math.abs(b[at[1]] / a[at[1]] - facts.entries.relu.gain!) < 1e-6);
});

test('dead and saturated units are counted', async () => {
  const race = await started([['relu', 'relu'], ['sigmoid', 'sigmoid']]);
  const [relu, sigmoid] = race.runners.map(({ net }) => net);
  relu.parameters.fill(-100, relu.biases[0], relu.biases[0] + relu.sizes[1]);
  sigmoid.parameters.fill(50, sigmoid.biases[1], sigmoid.biases[1] + sigmoid.sizes[2]);
  const [first, second] = race.frame(0).looks;
  assert.equal(first.layers[0].dead, 1);
  assert.equal(first.layers[0].gradient, 0);
  assert.deepEqual([second.layers[1].saturated, second.layers[1].dead], [1, 0]);
});

test('errors too small to teach anything are 0: the rest of a race is not slower', async () => {
  const rows = jobOf(first).train.rows;
  for (const factor of [3, 10, 30]) {
    const race = await started([['silu', 'silu']]);
    const { parameters, sizes, work } = race.runners[0].net;
    parameters.forEach((each, k) => (parameters[k] = factor * each)); // sure of every row
    race.frame(0);
    const errors = work.slopes.flatMap((each, layer) => [...each.subarray(0, rows * sizes[layer])]);
    assert.ok(errors.every((each) => each === 0 || Math.abs(each) >= 1e-36));
    assert.ok(errors.some((each) => each !== 0));
  }
});

test('a network that breaks is told where, and the others go on', async () => {
  const race = await started([['relu', 'relu'], ['tanh', 'tanh']], { rule: { optimizer: 'sgd', rate: 1e30, decay: 0, momentum: 0.9 } });
  for (let k = 0; k < 3; k++) race.advance();
  const { broken, losses } = race.runners[0];
  assert.ok(broken && ['sums', 'parameters', 'activations', 'loss'].includes(broken.where) && broken.layer >= 1);
  assert.equal(broken.epoch, 1);
  assert.ok(Number.isNaN(losses[0]));
});
