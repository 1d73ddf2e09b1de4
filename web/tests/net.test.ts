import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { backward, flat, forward, learned, loss, moved, unflat, type Apply, type Net } from '../src/views/forward/net.ts';
import { PRESETS } from '../src/views/forward/presets.ts';
import { shown } from '../src/parts/scale.ts';
import { factor, products } from '../src/views/forward/products.ts';

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const FUNCTIONS: Record<string, (z: number) => [number, number]> = {
  sigmoid: (z) => [sigmoid(z), sigmoid(z) * (1 - sigmoid(z))],
  relu: (z) => [Math.max(z, 0), Number(z > 0)],
  tanh: (z) => [Math.tanh(z), 1 - Math.tanh(z) ** 2],
  identity: (z) => [z, 1],
};
const apply: Apply = (name, z) => ({ value: FUNCTIONS[name](z)[0], slope: FUNCTIONS[name](z)[1] });
const near = (found: number, wanted: number, by = 1e-6): void => assert.ok(Math.abs(found - wanted) <= by * Math.max(1, Math.abs(wanted)), `${found} is not ${wanted}`);

test('the networks of the guide give what nonlin gives', { skip: !process.env.NUMBERS }, () => {
  const numbers = (JSON.parse(readFileSync(process.env.NUMBERS!, 'utf8')) as { networks: Record<string, { z: number[]; a: number[] }[]> }).networks;
  for (const [name, { net, inputs }] of Object.entries(PRESETS)) {
    forward(net, inputs, apply).forEach((layer, l) => {
      layer.z.forEach((each, j) => near(each, numbers[name][l].z[j]));
      layer.a.forEach((each, j) => near(each, numbers[name][l].a[j]));
    });
  }
});

test('gradients are those of the loss', () => {
  for (const [name, { net, inputs, target }] of Object.entries(PRESETS)) {
    const lossOf = (numbers: number[]): number => loss(forward(unflat(net, numbers) as Net, inputs, apply).at(-1)!, target);
    const numbers = flat(net).map((each) => each + 1e-3); // beside the kinks of relu
    const here = unflat(net, numbers) as Net;
    const found = backward(here, forward(here, inputs, apply), target);
    const gradient = flat({ ...here, weights: found.weights, biases: found.biases });
    gradient.forEach((each, k) => {
      const [up, down] = [1e-5, -1e-5].map((step) => lossOf(numbers.with(k, numbers[k] + step)));
      assert.ok(Math.abs(each - (up - down) / 2e-5) < 1e-4, `${name} ${k}: ${each}`);
    });
    assert.ok(lossOf(flat(learned(here, found, 0.01))) < lossOf(numbers));
  }
});

test('a list of numbers of another length or size is refused', () => {
  const { net } = PRESETS.two;
  assert.deepEqual(unflat(net, flat(net)), net);
  for (const wrong of [[], [1, 2], flat(net).map(() => NaN), flat(net).map(() => '1'), null]) assert.equal(unflat(net, wrong), null);
});

test('arrow keys go through the network', () => {
  const sizes = [3, 4, 2];
  assert.deepEqual(moved(sizes, [0, 0], 'ArrowDown'), [0, 1]);
  assert.deepEqual(moved(sizes, [1, 3], 'ArrowRight'), [2, 1]);
  assert.deepEqual(moved(sizes, [1, 3], 'ArrowLeft'), [0, 2]);
  for (const key of ['ArrowUp', 'ArrowLeft', 'Enter']) assert.equal(moved(sizes, [0, 0], key), null);
});

test('numbers are written as nonlin forward writes them', () => {
  assert.deepEqual([0.8, -0.003393, 1.23456e-7, 123456, 0, -0, Infinity, NaN].map((each) => shown(each)),
    ['0.8', '−0.003393', '1.235e−7', '1.235e5', '0', '0', '∞', '–']);
  assert.equal(factor(-0.2), '(−0.2)');
  assert.equal(products([[0.5, 1], [-1, 2]], -0.2), '0.5·1 + (−1)·2 + (−0.2)');
});
