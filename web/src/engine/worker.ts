// The worker: holds a race, does what it is told, answers with where it stands.
import type { Unit } from './kernels';
import type { Job } from './job';
import { Race, type Frame } from './race';

export type Order =
  | { op: 'start'; run: number; code: Uint8Array<ArrayBuffer>; job: Job; hidden: Unit[][] }
  | { op: 'advance'; run: number; epochs: number }
  | { op: 'restore'; run: number; epoch: number };
export type Answer = { run: number; frame: Frame } | { run: number; failed: string };

let race: Race | null = null;
let told = 0; // epochs whose losses the page knows

async function done(order: Order): Promise<Frame> {
  if (order.op === 'start') {
    race = await Race.open(order.code, order.job, order.hidden);
    told = 0;
    return race.frame(0);
  }
  if (race === null) throw new Error('not started');
  if (order.op === 'restore') race.restore(order.epoch);
  else for (let k = 0; k < order.epochs; k++) race.advance();
  const frame = race.frame(Math.min(told, race.epoch));
  told = Math.max(told, race.epoch);
  return frame;
}

async function answer(order: Order): Promise<Answer> {
  try {
    return { run: order.run, frame: await done(order) };
  } catch (problem) {
    return { run: order.run, failed: String(problem) };
  }
}

let turn = Promise.resolve(); // one after another: a start waits for its kernels
self.onmessage = ({ data }: MessageEvent<Order>) => {
  turn = turn.then(async () => postMessage(await answer(data)));
};
