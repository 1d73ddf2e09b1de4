import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../src/state.ts';
import { digits, graph, points } from '../src/views/race/data.ts';
import { hashOf, read, tableOf } from '../src/views/race/own.ts';
import { confusion, mapPixels, palette } from '../src/views/race/paint.ts';

const sine = (x: Float32Array) => x.map(Math.sin);
const lines = (rows: string[], head = 'a,b,c') => [head, ...rows].join('\n');
const numbers = (count: number, last: (k: number) => string) => Array.from({ length: count }, (_, k) => `${k},${(k * 7) % 11},${last(k)}`);
const refused = (key: string) => (problem: unknown) => problem instanceof Refusal && problem.key === key;

for (const name of ['spiral', 'moons', 'circles', 'xor'] as const) {
  test(`${name}: from a seed, half of each class, on the map`, () => {
    const [one, again, other] = [3, 3, 4].map((seed) => points(name, 0.05, seed, sine));
    assert.deepEqual(one, again);
    assert.notDeepEqual(one.train.inputs, other.train.inputs);
    assert.deepEqual([one.train.rows, one.test.rows], [400, 200]);
    const inside = [...one.train.inputs, ...one.test.inputs].filter((each) => Math.abs(each) <= one.plane![1]);
    assert.ok(inside.length > 1190);
    const labels = 'labels' in one.train.goals ? [...one.train.goals.labels] : [];
    assert.ok(Math.abs(labels.filter((each) => each === 1).length - 200) < 40);
  });
}

test('XOR has its classes in opposite corners', () => {
  const { train } = points('xor', 0, 1, sine);
  const labels = 'labels' in train.goals ? train.goals.labels : [];
  for (let k = 0; k < train.rows; k++) assert.equal(labels[k], Number(train.inputs[2 * k] > 0 !== train.inputs[2 * k + 1] > 0));
});

test('a function is learned in standard units, and read in its own', () => {
  const table = graph((x) => x.map((each) => 100 + 5 * each), 0, 2);
  const [x, y] = [table.train.inputs[0], 'targets' in table.train.goals ? table.train.goals.targets[0] : 0];
  const back = (value: number, [middle, spread]: [number, number]) => middle + spread * value;
  assert.ok(Math.abs(back(y, table.scale.y) - (100 + 5 * back(x, table.scale.x))) < 1e-4);
});

test('digits keep their labels', () => {
  const bytes = Uint8Array.from([...Array(64 * 10).fill(0).map((_, k) => Math.floor(k / 64)), ...Array(10).keys()]);
  const { train } = digits(bytes, 1);
  const labels = 'labels' in train.goals ? train.goals.labels : [];
  for (let row = 0; row < train.rows; row++) assert.equal(Math.round(train.inputs[64 * row] * 6 + 5), labels[row]);
});

test('a table of words learns classes, one of many numbers learns numbers', () => {
  const words = tableOf(read('t.csv', lines(numbers(40, (k) => (k % 3 ? '"yes, so"' : 'no')))), 1);
  assert.deepEqual([words.classes, words.inputs, words.outputs, words.plane !== null], [['no', 'yes, so'], 2, 2, true]);
  const values = tableOf(read('t.csv', lines(numbers(40, (k) => String(k / 2)))), 1);
  assert.deepEqual([values.classes, values.outputs, values.plane], [[], 1, null]);
});

test('separators, marks, line ends and empty last fields are read', () => {
  for (const text of ['a;b;c\r\n1;2;x\r\n', '\uFEFFa\tb\tc\n1\t2\tx', 'a,b,c\n1,"2",x\n\n']) {
    const many = text + Array(25).fill(text.trim().split(/\r?\n/)[1]).map((line) => `\n${line}`).join('');
    assert.deepEqual(read('t', many).cells[0], ['1', '2', 'x']);
  }
  assert.deepEqual(read('t', lines(numbers(25, () => ''))).cells[3], ['3', '10', '']);
});

for (const [key, text] of [
  ['lab.own.columns', 'a\n1\n2'],
  ['lab.own.columns', ''],
  ['lab.own.rows', lines(numbers(5, () => '1'))],
  ['lab.own.rows', lines(numbers(5001, () => '1'))],
  ['lab.own.ragged', lines([...numbers(30, () => '1'), '1,2'])],
]) {
  test(`refused: ${key}`, () => assert.throws(() => read('t.csv', text), refused(key)));
}

test('words among the numbers, and too many classes, are refused', () => {
  assert.throws(() => tableOf(read('t', lines([...numbers(30, () => '1'), 'x,1,1'])), 1), refused('lab.own.number'));
  assert.throws(() => tableOf(read('t', lines(numbers(30, (k) => `w${k}`))), 1), refused('lab.own.classes'));
});

test('a hash names a text', () => {
  assert.match(hashOf('a'), /^[0-9a-f]{16}$/);
  assert.notEqual(hashOf('a,b\n1,2'), hashOf('a,b\n1,3'));
});

test('the map is paper where a network knows nothing, and colour where it is sure', () => {
  const pixels = mapPixels([0, 0, 1, 255], palette([255, 255, 255], [[0, 0, 0], [55, 255, 255]]));
  assert.deepEqual([...pixels], [255, 255, 255, 255, 105, 255, 255, 255]);
});

test('the table of answers has shares of its rows', () => {
  assert.deepEqual(confusion([0, 0, 1], [0, 1, 1], 2).filter((_, k) => k % 2), [128, 128, 0, 255]);
});
