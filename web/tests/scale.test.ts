import assert from 'node:assert/strict';
import test from 'node:test';
import { apart, letters, limitsOf, path, power, Scale, short } from '../src/parts/scale.ts';

test('numbers are shown with three digits', () => {
  assert.deepEqual([0, -1.23456, 1e-7, 123456, Infinity, NaN].map(short), ['0', '−1.23', '1e−7', '1.23e5', '∞', '–']);
});

test('powers of ten stand on axes as such', () => {
  assert.deepEqual([1e-12, 0.001, 1, 1000, 1e5].map(power), ['10⁻¹²', '0.001', '1', '1000', '10⁵']);
  assert.equal(letters('tanh 理论'), 9);
});

test('a pixel belongs to its number', () => {
  for (const log of [false, true]) {
    const scale = new Scale([0.01, 100], [40, 340], log);
    assert.ok(Math.abs(scale.value(scale.at(3)) - 3) < 1e-9);
  }
});

test('ticks are round and inside', () => {
  assert.deepEqual(new Scale([-1.1, 1.1], [0, 1]).ticks(5), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(new Scale([0.005, 20], [0, 1], true).ticks(8), [0.01, 0.1, 1, 10]);
  assert.deepEqual(new Scale([8e-5, 1.1], [0, 1], true).ticks(5).length, 5);
  assert.deepEqual(new Scale([0.3, 2.2], [0, 1], true).ticks(5), [0.5, 1, 2]);
});

test('a curve breaks where a number is missing', () => {
  const scale = new Scale([0, 4], [0, 4]);
  assert.equal(path([0, 1, 2, 3, 4], [0, 1, NaN, 3, Infinity], scale, scale), 'M0.0 0.0L1.0 1.0M3.0 3.0');
});

test('labels do not overlap and stay inside', () => {
  const places = apart([50, 52, 51, 99], 10, [0, 100]);
  const sorted = [...places].sort((a, b) => a - b);
  sorted.slice(1).forEach((place, k) => assert.ok(place - sorted[k] >= 10));
  assert.ok(sorted[0] >= 0 && sorted[3] <= 100);
});

test('limits hold all finite numbers', () => {
  assert.deepEqual(limitsOf([[0, NaN, 100], [Infinity]]), [-4, 104]);
  assert.deepEqual(limitsOf([[]]), [0, 1]);
});
