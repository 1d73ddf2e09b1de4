import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { edge, moments, predicted, settled, settledAt, table, type Evaluate } from '../src/views/depth/field.ts';
import { measured, normals } from '../src/views/depth/measured.ts';


function of(value: (x: number) => number, slope: (x: number) => number): Evaluate {
  return (x) => ({ value: Array.from(x, value), slope: Array.from(x, slope) });
}
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const FUNCTIONS: Record<string, [Evaluate, number[]]> = {
  tanh: [of(Math.tanh, (x) => 1 - Math.tanh(x) ** 2), []],
  relu: [of((x) => Math.max(x, 0), (x) => Number(x > 0)), [0]],
  sigmoid: [of(sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))), []],
  hard_tanh: [of((x) => Math.min(Math.max(x, -1), 1), (x) => Number(Math.abs(x) < 1)), [-1, 1]],
};

interface Row {
  name: string; weights: number; biases: number; q: number | string; chi: number;
  lengths: number[]; growth: number; moments: [number, number, number][];
}
interface Edge { name: string; q: number; weights: number; biases: number }
const path = process.env.NUMBERS;
const known = path ? (JSON.parse(readFileSync(path, 'utf8')) as { rows: Row[]; edges: Edge[] }) : { rows: [], edges: [] };
const near = (found: number, wanted: number, by: number): void =>
  assert.ok(found === wanted || Math.abs(found - wanted) <= by * Math.abs(wanted), `${found} is not ${wanted}`);

test('moments, fixed points and lengths are those of nonlin theory', { skip: !path }, () => {
  assert.ok(known.rows.length > 10);
  for (const { name, weights, biases, q, chi, lengths, growth, moments: wanted } of known.rows) {
    const [f, breaks] = FUNCTIONS[name], all = table(f, breaks);
    for (const [at, value, slope] of wanted) {
      near(moments(f, breaks, at).value, value, 1e-5);
      near(moments(f, breaks, at).slope, slope, 1e-5);
    }
    near(settledAt(f, breaks, all, weights, biases).q, Number(q), 1e-4);
    near(settledAt(f, breaks, all, weights, biases).chi, chi, 1e-4);
    near(settled(all, weights, biases).chi, chi, 0.01); // by interpolation, for the plane
    const theory = predicted(f, breaks, weights, biases, lengths.length);
    theory.signals.forEach((each, k) => near(each, lengths[k], 1e-4));
    near(theory.gradients[0], growth, 1e-3);
  }
});

test('the line is the edge of chaos of nonlin', { skip: !path }, () => {
  for (const { name, q, weights, biases } of known.edges) {
    const [f, breaks] = FUNCTIONS[name], all = table(f, breaks);
    const k = all.q.findIndex((each) => Math.abs(Math.log(each / q)) < 1e-9);
    const found = edge(all).find((each) => Math.abs(each.weights - Math.sqrt(1 / all.slope[k])) < 1e-12);
    near(found!.weights, weights, 1e-5);
    assert.ok(Math.abs(found!.biases - biases) < 2e-3, `${found!.biases} is not ${biases}`);
  }
});

test('relu has one point of the edge', () => {
  const relu = edge(table(...FUNCTIONS.relu));
  assert.ok(relu.every((each) => Math.abs(each.weights - Math.SQRT2) < 1e-4 && each.biases === 0));
});

test('a random network does about what theory says', () => {
  const [f, breaks] = FUNCTIONS.tanh;
  const theory = predicted(f, breaks, 1.5 ** 2, 0.3 ** 2, 20);
  const runs = [1, 2, 3, 4].map((seed) => measured(f, normals(seed), 1.5, 0.3, 20));
  for (const kind of ['signals', 'gradients'] as const) {
    const mean = runs.reduce((sum, run) => sum + Math.log(run[kind][kind === 'signals' ? 19 : 0]), 0) / runs.length;
    assert.ok(Math.abs(mean - Math.log(theory[kind][kind === 'signals' ? 19 : 0])) < 0.7, `${kind}: ${Math.exp(mean)}`);
  }
  assert.deepEqual(runs[0], measured(f, normals(1), 1.5, 0.3, 20));
});

test('normal numbers are normal', () => {
  const draw = normals(7), found = Array.from({ length: 20000 }, draw);
  const mean = found.reduce((sum, each) => sum + each, 0) / found.length;
  const square = found.reduce((sum, each) => sum + each * each, 0) / found.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.04);
});
