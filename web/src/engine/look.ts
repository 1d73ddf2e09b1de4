// What is shown of a network: its layers, its score, and a picture of what it says.
import type { Divergence } from './divergence';
import { gather, LOOKED_AT, type Job, type Rows } from './job';
import type { Net } from './net';
import { fingerprint } from './random';

export interface Layer {
  dead: number; // share of neurons whose slope is 0 on every row
  saturated: number; // share of slopes below a hundredth of the steepest
  gradient: number; // root mean square over the weights of dL/dw
}

export interface Look {
  layers: Layer[]; // the output layer, the last one, has a gradient only
  loss: number; // on test rows
  score: number; // share of test rows named right; NaN for numbers
  picture: Uint8Array | Float32Array; // map: class and share of each point; curve; or answers
  fingerprint: number; // of all parameters: equal in every browser
  broken: Divergence | null;
}

const FLAT = 0.01; // of the steepest slope

export function looked(job: Job, net: Net, broken: Divergence | null): Look {
  const { loss, score, answers } = tested(job, net);
  const picture = job.plane === null ? answers : job.sizes[0] === 1 ? curve(job, net, job.plane) : map(job, net, job.plane);
  return { layers: layers(job, net), loss, score, picture, fingerprint: fingerprint(net.parameters), broken };
}

/** Rows evenly spread over the data, as many as fit at once. */
function spread(data: Rows): Uint32Array {
  const rows = Math.min(data.rows, LOOKED_AT);
  return Uint32Array.from({ length: rows }, (_, k) => Math.floor((k * data.rows) / rows));
}

function layers(job: Job, net: Net): Layer[] {
  const order = spread(job.train);
  gather(job.train, order, 0, order.length, net.work.values[0]);
  net.forward(order.length);
  const found = net.hidden.map((unit, k) => slopes(net, k + 1, order.length, FLAT * unit.steepest));
  net.loss(job.train.goals, order, 0, order.length);
  net.backward(order.length);
  return [...found, { dead: 0, saturated: 0 }].map((each, k) => ({ ...each, gradient: size(net, k) }));
}

function slopes(net: Net, layer: number, rows: number, flat: number): { dead: number; saturated: number } {
  const width = net.sizes[layer];
  const alive = new Uint8Array(width);
  let saturated = 0;
  for (let k = 0; k < rows * width; k++) {
    const slope = Math.abs(net.work.slopes[layer][k]);
    if (slope !== 0) alive[k % width] = 1;
    if (slope < flat) saturated += 1;
  }
  const living = alive.reduce((total, each) => total + each, 0);
  return { dead: 1 - living / width, saturated: saturated / (rows * width) };
}

function size(net: Net, layer: number): number {
  const [begin, many] = [net.weights[layer], net.sizes[layer] * net.sizes[layer + 1]];
  let total = 0;
  for (let k = begin; k < begin + many; k++) total += net.work.gradient[k] ** 2;
  return Math.sqrt(total / many);
}

/** Test rows: loss, score, and what the network answers (class, or number) to each. */
function tested(job: Job, net: Net): { loss: number; score: number; answers: Uint8Array | Float32Array } {
  const { test } = job;
  const outputs = job.sizes.at(-1)!;
  const answers = 'labels' in test.goals ? new Uint8Array(test.rows) : new Float32Array(test.rows);
  const order = Uint32Array.from({ length: test.rows }, (_, row) => row);
  let [loss, right] = [0, 0];
  for (let begin = 0; begin < test.rows; begin += LOOKED_AT) {
    const rows = Math.min(LOOKED_AT, test.rows - begin);
    gather(test, order, begin, rows, net.work.values[0]);
    const logits = net.forward(rows);
    for (let i = 0; i < rows; i++) answers[begin + i] = 'labels' in test.goals ? largest(logits, i * outputs, outputs) : logits[i];
    loss += (net.loss(test.goals, order, begin, rows) * rows) / test.rows;
    if ('labels' in test.goals) for (let i = begin; i < begin + rows; i++) right += +(answers[i] === test.goals.labels[i]);
  }
  return { loss, score: 'labels' in test.goals ? right / test.rows : NaN, answers };
}

function largest(logits: Float32Array, at: number, many: number): number {
  let found = 0;
  for (let j = 1; j < many; j++) if (logits[at + j] > logits[at + found]) found = j;
  return found;
}

/** Places along one side of a map, from low to high. */
export const place = (k: number, grid: number, [low, high]: [number, number]): number => low + ((high - low) * k) / (grid - 1);

/** Two bytes for every point, from the upper left: the class, and 255 times its share. */
function map(job: Job, net: Net, limits: [number, number]): Uint8Array {
  const { grid } = job;
  const classes = job.sizes.at(-1)!;
  const [total, inputs] = [grid * grid, net.work.values[0]];
  const picture = new Uint8Array(2 * total);
  for (let begin = 0; begin < total; begin += LOOKED_AT) {
    const rows = Math.min(LOOKED_AT, total - begin);
    for (let i = 0; i < rows; i++) {
      inputs[2 * i] = place((begin + i) % grid, grid, limits);
      inputs[2 * i + 1] = place(grid - 1 - Math.floor((begin + i) / grid), grid, limits);
    }
    paint(net, net.forward(rows).subarray(0, rows * classes), classes, picture.subarray(2 * begin));
  }
  return picture;
}

function paint(net: Net, logits: Float32Array, classes: number, picture: Uint8Array): void {
  const rows = logits.length / classes;
  for (let i = 0; i < rows; i++) {
    const top = largest(logits, i * classes, classes);
    const most = logits[i * classes + top];
    for (let j = 0; j < classes; j++) logits[i * classes + j] -= most;
    picture[2 * i] = top;
  }
  net.exports.exp(logits.byteOffset, logits.byteOffset, logits.length, 0);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += logits[i * classes + j];
    picture[2 * i + 1] = Math.round(255 / sum);
  }
}

function curve(job: Job, net: Net, limits: [number, number]): Float32Array {
  for (let i = 0; i < job.grid; i++) net.work.values[0][i] = place(i, job.grid, limits);
  return net.forward(job.grid).slice(0, job.grid);
}
