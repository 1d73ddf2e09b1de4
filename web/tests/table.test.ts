import assert from 'node:assert/strict';
import test from 'node:test';
import { evaluatorOfTable } from '../src/views/table.ts';

const coded = (...rows: number[][]): string =>
  Buffer.from(Float64Array.from(rows.flat()).buffer).toString('base64');
const at = (text: string, ...places: number[]) => evaluatorOfTable(text)(Float32Array.from(places));

test('between its places a table follows f and f\'', () => {
  const x = Array.from({ length: 129 }, (_, k) => (k - 64) / 16);
  const wave = coded(x, x.map(Math.sin), x.map(Math.cos), x.map((each) => -Math.sin(each)));
  const places = [-3.99, -0.3, 0.51, 3.2];
  const { value, slope } = at(wave, ...places);
  places.forEach((place, k) => {
    assert.ok(Math.abs(value[k] - Math.sin(place)) < 1e-6);
    assert.ok(Math.abs(slope[k] - Math.cos(place)) < 1e-6);
  });
});

test('its own places, jumps, infinite slopes and what is not known', () => {
  const tiny = 2 ** -40;
  const step = coded([-1, -tiny, 0, tiny, 1], [0, 0, 0, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]);
  assert.deepEqual(Array.from(at(step, -0.5, 0, 0.5, 1).value), [0, 0, 1, 1]);
  assert.deepEqual(Array.from(at(step, -2, 2).value), [NaN, NaN]);
  const root = coded([-1, 0, 1], [NaN, 0, 1], [NaN, Infinity, 0.5], [NaN, -Infinity, -0.25]);
  assert.deepEqual(Array.from(at(root, -0.5, 0, 0.25).value), [NaN, 0, 0.25]);
});
