import assert from 'node:assert/strict';
import test from 'node:test';
import { at, drawn, heights } from '../src/views/activations/curves.ts';
import type { Entry } from '../src/facts.ts';
import { passes } from '../src/views/activations/filters.ts';
import { beginning, LESSONS, noticed, type Look, type Play } from '../src/views/lessons/steps.ts';
import { right } from '../src/views/lessons/xor.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const FUNCTIONS: Record<string, (z: number) => [number, number]> = {
  sigmoid: (z) => [sigmoid(z), sigmoid(z) * (1 - sigmoid(z))],
  relu: (z) => [Math.max(z, 0), Number(z > 0)],
  leaky_relu: (z) => [z > 0 ? z : 0.01 * z, z > 0 ? 1 : 0.01],
  tanh: (z) => [Math.tanh(z), 1 - Math.tanh(z) ** 2],
  identity: (z) => [z, 1],
};
const apply = (name: string, z: number) => ({ value: FUNCTIONS[name](z)[0], slope: FUNCTIONS[name](z)[1] });
const look = (gradient = NaN): Look => ({ apply, exponentials: (name) => Number(!name.includes('relu')), gradient });

/** A way to solve each step, from where it begins. */
const SOLVED: Record<string, (play: Play) => Partial<Play>> = {
  'neuron.0': ({ net }) => ({ net: { ...net, biases: [[-1]] } }),
  'neuron.1': ({ net }) => ({ net: { ...net, weights: [[[2], [2]]], biases: [[-1]] } }),
  'layer.0': () => ({ inputs: [0.5, 0.7] }),
  'forward.0': () => ({ seen: ['1.0', '1.1', '2.0'] }),
  'forward.1': ({ net }) => ({ net: { ...net, biases: [net.biases[0], [-1]] } }),
  'why.0': () => ({ angle: 45, shift: 0 }),
  'why.1': () => ({ name: 'relu', angle: 45, shift: 0 }),
  'five.0': () => ({ x: 0 }),
  'five.1': () => ({ name: 'tanh', x: 4 }),
  'five.2': () => ({ seen: ['dead'], name: 'leaky_relu', x: -2 }),
  'compare.0': () => ({ name: 'relu', x: 1 }),
  'softmax.0': () => ({ row: [0, 0, 4] }),
  'softmax.1': ({ row }) => ({ row: row.map((each) => each + 1.5) }),
  'choose.0': () => ({ weights: 1.41 }),
  'choose.1': () => ({ name: 'sigmoid', weights: 1 }),
  'choose.2': () => ({ name: 'relu', weights: 1.41 }),
};

test('every step begins unsolved and can be solved', () => {
  for (const lesson of LESSONS)
    lesson.steps.forEach((step, number) => {
      const begin = beginning(lesson, number), solved = { ...begin, ...SOLVED[`${lesson.name}.${number}`](begin) };
      assert.equal(step.goal(begin, look(1e-9), begin), false, `${lesson.name}.${number} begins solved`);
      assert.equal(step.goal(solved, look(1), begin), true, `${lesson.name}.${number} is not solved`);
    });
});

test('two numbers changed do not count as one', () => {
  const lesson = LESSONS.find((each) => each.name === 'forward')!, begin = beginning(lesson, 1);
  const net = { ...begin.net, biases: [[0, 0], [-1]] };
  assert.equal(lesson.steps[1].goal({ ...begin, net }, look(), begin), false);
});

test('the reader is seen at neurons and at dead points', () => {
  const play = { ...beginning(LESSONS[0], 0), name: 'relu', x: -1, at: [1, 0] as [number, number] };
  assert.deepEqual(noticed(play, look()), ['1.0', 'dead']);
  assert.deepEqual(noticed({ ...play, seen: ['1.0', 'dead'] }, look()), []);
});

test('no line gets all corners of XOR right, a band does', () => {
  let best = 0;
  for (let angle = -180; angle < 180; angle += 5)
    for (let shift = -3; shift <= 3; shift += 0.1) best = Math.max(best, right({ name: 'identity', angle, shift }, apply));
  assert.equal(best, 3);
  assert.equal(right({ name: 'relu', angle: 45, shift: 0 }, apply), 4);
});

const plain: Entry = { family: '', year: 2004, kind: 'rowwise', parameters: [], mathml: '', gain: 1, lipschitz: 1 };
const entry: Entry = {
  ...plain, kind: 'elementwise', formula: 'clip(x, -1, 1)', source: 'Collobert 2004', aliases: ['hardtanh'],
  elsewhere: ['torch.nn.Hardtanh'], smooth: false, monotone: 'increasing', bounded: true, parity: 'odd', zero_centred: true, exponentials: 0,
};
const none = { words: '', flags: [], kind: '', cost: '' };

test('filters keep what nonlin list keeps', () => {
  const kept = (wanted: object, of = entry): boolean => passes(of, { ...none, ...wanted }, ['hard_tanh', '硬双曲正切']);
  for (const wanted of [{}, { words: 'hard tanh' }, { words: 'HARD-TANH' }, { words: '双曲 collobert' }, { words: 'nn.hardtanh' },
    { flags: ['odd', 'bounded'] }, { cost: '0' }, { kind: 'elementwise' }]) assert.ok(kept(wanted), JSON.stringify(wanted));
  for (const wanted of [{ words: 'soft' }, { flags: ['smooth'] }, { flags: ['odd', 'even'] }, { kind: 'rowwise' }]) assert.ok(!kept(wanted), JSON.stringify(wanted));
  assert.ok(!kept({ cost: '3' }, plain));
});

const relu = (x: Float32Array) => ({ value: Array.from(x, (each) => Math.max(each, 0)), slope: Array.from(x, (each) => Number(each > 0)) });
const cube = (x: Float32Array) => ({ value: Array.from(x, (each) => each ** 3), slope: Array.from(x, (each) => 3 * each ** 2) });

test('curves break at kinks, and curvature comes from the slope', () => {
  const { x, value, slope, bend } = drawn(relu, -6, 6, [0], []);
  const kink = slope.findIndex(Number.isNaN);
  assert.equal(x[kink], 0);
  assert.equal(value[kink], 0);
  assert.ok(bend.every((each) => Number.isNaN(each) || each === 0));
  assert.ok(Math.abs(at(cube, 1, []).bend - 6) < 1e-3);
  assert.ok(Number.isNaN(drawn(relu, -6, 6, [1], [1]).value.find(Number.isNaN)));
  const [low, high] = heights([[-1000, 0.5, NaN, 1000]]);
  assert.ok(low > -6 && high < 6);
});
