import assert from 'node:assert/strict';
import test from 'node:test';
import { choice, differences, fitted, flag, list, number, parse, print, Refusal, text, whole } from '../src/state.ts';

const VIEWS = ['lessons', 'race'];
const SHAPE = {
  seed: whole(0, 0, 100),
  rate: number(0.01, 1e-5, 1),
  data: choice('spiral', () => ['spiral', 'moons']),
  equal: flag(false),
  formula: text('', 20),
  names: list(['relu'], choice('relu', () => ['relu', 'silu']), 1, 3),
};
const refused = (key: string) => (problem: unknown) => problem instanceof Refusal && problem.key === key;

test('a link says what differs from the defaults, and comes back as it was', () => {
  const state = { seed: 7, rate: 0.01, data: 'moons', equal: true, formula: 'x * sin(3 * x), "π"', names: ['silu', 'relu'] };
  const part = differences(state, SHAPE);
  assert.deepEqual(Object.keys(part), ['seed', 'data', 'equal', 'formula', 'names']);
  const link = parse(print('race', part), VIEWS);
  assert.equal(link.view, 'race');
  assert.deepEqual(fitted(link.part, SHAPE), state);
});

test('a link holds no sign that chats and mails cut off', () => {
  assert.match(print('race', { names: ['relu', 'silu'], formula: '(x)' }), /^[\w#/?%:,.()-]+$/);
});

test('no state is the first view with its defaults', () => {
  assert.deepEqual(parse('', VIEWS), { view: 'lessons', part: {} });
  assert.equal(print('race', differences(fitted({}, SHAPE) as object, SHAPE)), '#/race');
});

test('defaults are copies', () => {
  const state = fitted({}, SHAPE);
  state.names.push('silu');
  assert.deepEqual(fitted({}, SHAPE).names, ['relu']);
});

for (const [hash, key] of [
  ['#/race?%7B%22seed%22:1', 'lab.link.damaged'],
  ['#/race?%E0%A4%A', 'lab.link.damaged'],
  ['#/race?%5B1%5D', 'lab.link.damaged'],
  ['#/race?null', 'lab.link.damaged'],
  ['#/nothing', 'lab.link.view'],
  [`#/race?${'x'.repeat(9000)}`, 'lab.link.long'],
]) {
  test(`refused: ${hash.slice(0, 30)}`, () => assert.throws(() => parse(hash, VIEWS), refused(key)));
}

for (const part of [{ seed: 1.5 }, { seed: '1' }, { rate: 2 }, { rate: null }, { data: 'x' }, { equal: 1 }, { formula: 'x'.repeat(21) }, { names: [] }, { names: ['gelu'] }, { names: 'relu' }]) {
  test(`refused: ${JSON.stringify(part)}`, () => assert.throws(() => fitted(part, SHAPE), refused('lab.link.value')));
}

test('a name that the view does not have is refused', () => {
  assert.throws(() => fitted({ sed: 1 }, SHAPE), refused('lab.link.name'));
  assert.throws(() => fitted(JSON.parse('{"__proto__": 1}'), SHAPE), refused('lab.link.name'));
});
