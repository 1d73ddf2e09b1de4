import assert from 'node:assert/strict';
import test from 'node:test';
import { Engine, type Phase, type Post, type Standing } from '../src/engine/engine.ts';
import type { Answer, Order } from '../src/engine/worker.ts';

/** A worker that answers when it is told to. */
class Puppet implements Post {
  onmessage: Post['onmessage'] = null;
  onerror: Post['onerror'] = null;
  orders: Order[] = [];
  epoch = 0;
  nets = 0;
  postMessage(order: Order): void {
    this.orders.push(order);
  }
  terminate(): void {}
  answer(): void {
    const order = this.orders.shift()!;
    if (order.op === 'start') [this.epoch, this.nets] = [0, order.hidden.length];
    if (order.op === 'advance') this.epoch += order.epochs;
    if (order.op === 'restore') this.epoch = Math.floor(order.epoch / 4) * 4; // what is kept
    const looks = Array.from({ length: this.nets }, (_, k) => ({ loss: k }) as never);
    const frame = { epoch: this.epoch, looks, losses: looks.map(() => [this.epoch]), from: this.epoch - 1 };
    this.onmessage!({ data: { run: order.run, frame } } as MessageEvent<Answer>);
  }
}

function set(count = 1, nets = 1) {
  const phases: Phase[] = [];
  const seen: Standing[] = [];
  const puppets = Array.from({ length: count }, () => new Puppet());
  const engine = new Engine(puppets, { phase: (phase) => phases.push(phase), standing: (standing) => seen.push(standing) });
  engine.pace = 'fast';
  const start = (goal = 0) => engine.start(new Uint8Array(), {} as never, Array(nets).fill([]), goal);
  return { engine, puppets, puppet: puppets[0], phases, seen, start };
}

test('loading, ready, running, paused', () => {
  const { engine, puppet, phases, start } = set();
  start();
  puppet.answer();
  engine.run();
  puppet.answer();
  engine.pause();
  puppet.answer();
  assert.deepEqual(phases, ['loading', 'ready', 'running', 'paused']);
  assert.equal(puppet.orders.length, 0);
});

test('a run that comes while loading is kept, and a pause takes it back', () => {
  const { engine, puppet, phases, start } = set();
  start();
  engine.run();
  puppet.answer();
  assert.deepEqual(phases, ['loading', 'running']);
  assert.equal(puppet.orders[0].op, 'advance');
  start();
  engine.run();
  engine.pause();
  puppet.orders.shift(); // of the run before
  puppet.answer();
  assert.deepEqual(phases.slice(2), ['loading', 'ready']);
});

test('a link with an epoch goes there and stops', () => {
  const { engine, puppet, phases, start } = set();
  start(37);
  while (puppet.orders.length > 0) puppet.answer();
  assert.equal(engine.epoch, 37);
  assert.deepEqual(phases, ['loading', 'running', 'paused']);
});

test('one step is one epoch; back goes to what is kept, and from there to the epoch asked for', () => {
  const { engine, puppet, start, seen } = set();
  start();
  puppet.answer();
  for (let k = 0; k < 10; k++) {
    engine.step();
    puppet.answer();
  }
  assert.equal(engine.epoch, 10);
  engine.seek(6);
  puppet.answer();
  assert.equal(engine.epoch, 4);
  while (puppet.orders.length > 0) puppet.answer();
  assert.equal(engine.epoch, 6);
  assert.equal(seen.at(-1)!.losses[0].length, 6);
});

test('all workers stand at the same epoch, and networks keep their order', () => {
  const { engine, puppets, seen, start } = set(2, 5);
  start();
  puppets[0].answer();
  assert.equal(seen.length, 0);
  puppets[1].answer();
  assert.deepEqual(seen[0].looks.map((look) => look.loss), [0, 0, 1, 1, 2]);
  engine.run();
  puppets[0].answer();
  assert.equal(puppets[0].orders.length, 0);
  puppets[1].answer();
  assert.deepEqual(puppets.map(({ orders }) => orders.length), [1, 1]);
});

test('an answer to an earlier start is not shown', () => {
  const { puppet, seen, start } = set();
  start();
  start();
  puppet.answer();
  assert.equal(seen.length, 0);
  puppet.answer();
  assert.equal(seen.length, 1);
});

test('a failure is told once, and a new start heals it', () => {
  const { engine, puppet, phases, start } = set();
  start();
  puppet.onmessage!({ data: { run: 1, failed: 'no memory' } } as MessageEvent<Answer>);
  puppet.orders = [];
  engine.run();
  engine.step();
  assert.deepEqual(phases, ['loading', 'failed']);
  assert.equal(puppet.orders.length, 0);
  start();
  puppet.answer();
  assert.deepEqual(phases.slice(2), ['loading', 'ready']);
});
