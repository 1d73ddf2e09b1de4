// Several networks, the same data, noise and batches; one of these runs in each worker.
import { firstBroken, KEPT, sound, type Divergence } from './divergence';
import { opened, type Unit } from './kernels';
import { gather, LOOKED_AT, type Job } from './job';
import { looked, type Look } from './look';
import { laidOut } from './memory';
import { count, Net, Workspace } from './net';
import { Optimizer } from './optimise';
import { shuffle, SplitMix } from './random';

export interface Frame {
  epoch: number;
  looks: Look[];
  losses: number[][]; // of each network, by epoch, from `from` on
  from: number;
}

interface Runner {
  net: Net;
  optimizer: Optimizer;
  numbers: Float32Array; // parameters, and what the optimizer remembers
  recent: number[]; // losses of the last steps
  losses: number[]; // mean over each epoch
  broken: Divergence | null;
}

interface Kept {
  epoch: number;
  order: Uint32Array;
  state: Uint32Array; // of chance
  runners: { numbers: Float32Array; powers: [number, number]; broken: Divergence | null }[];
}

const MOST_KEPT = 48;
const NOISE = 2 ** 32; // between the seeds of batches and of noise

export class Race {
  epoch = 0;
  private every = 1; // epochs between what is kept
  private kept: Kept[] = [];
  private order: Uint32Array;
  private chance: SplitMix;

  static async open(code: Uint8Array<ArrayBuffer>, job: Job, hidden: Unit[][]): Promise<Race> {
    const { memory, made } = laidOut((arena) => {
      const work = new Workspace(arena, job.sizes, Math.max(job.batch, LOOKED_AT));
      return hidden.map((units) => {
        const [many, numbers] = [count(job.sizes), arena.floats(3 * count(job.sizes))];
        const [parameters, first, second] = [0, 1, 2].map((k) => numbers.subarray(k * many, (k + 1) * many));
        const net = new Net(arena, job.sizes, units, work, parameters);
        const optimizer = new Optimizer(arena, first, second);
        return { net, optimizer, numbers, recent: [], losses: [], broken: null } as Runner;
      });
    });
    const exports = await opened(code, memory);
    for (const { net } of made) {
      const chance = new SplitMix(job.seed + NOISE); // the same for everyone
      net.open(exports);
      net.begin(() => chance.even(), job.matched);
    }
    return new Race(job, made);
  }

  readonly job: Job;
  readonly runners: Runner[];

  private constructor(job: Job, runners: Runner[]) {
    this.job = job;
    this.runners = runners;
    this.order = Uint32Array.from({ length: job.train.rows }, (_, row) => row);
    this.chance = new SplitMix(job.seed);
    this.keep();
  }

  /** Go once through the data. */
  advance(): void {
    shuffle(this.order, this.chance);
    this.epoch += 1;
    for (const runner of this.runners) {
      runner.losses[this.epoch - 1] = runner.broken ? NaN : this.trained(runner);
    }
    if (this.epoch % this.every === 0) this.keep();
  }

  private trained(runner: Runner): number {
    const { batch, rule, train } = this.job;
    const { net, optimizer, recent } = runner;
    let total = 0;
    for (let begin = 0; begin < train.rows; begin += batch) {
      const rows = Math.min(batch, train.rows - begin);
      gather(train, this.order, begin, rows, net.work.values[0]);
      net.forward(rows);
      const loss = net.loss(train.goals, this.order, begin, rows);
      if (!Number.isFinite(loss)) return this.broke(runner, begin, rows);
      net.backward(rows);
      optimizer.step(net.exports, net.parameters, net.work.gradient, rule, net.biases[0]);
      recent.push(loss);
      if (recent.length > 2 * KEPT) recent.splice(0, KEPT);
      total += loss * rows;
    }
    return sound(net.parameters) ? total / train.rows : this.broke(runner, train.rows, 0);
  }

  /** Parameters that broke are found a step later, by the loss, or at the end of the epoch. */
  private broke(runner: Runner, begin: number, rows: number): number {
    const { train, batch } = this.job;
    const found = firstBroken(runner.net, rows);
    const step = (this.epoch - 1) * Math.ceil(train.rows / batch) + Math.ceil(begin / batch) + Number(found.where !== 'parameters');
    runner.broken = { step, epoch: this.epoch, losses: runner.recent.slice(-KEPT), ...found };
    return NaN;
  }

  private keep(): void {
    const runners = this.runners.map(({ numbers, optimizer, broken }) => ({ numbers: numbers.slice(), powers: optimizer.powers, broken }));
    this.kept = this.kept.filter((each) => each.epoch < this.epoch);
    this.kept.push({ epoch: this.epoch, order: this.order.slice(), state: this.chance.state.slice(), runners });
    if (this.kept.length <= MOST_KEPT) return;
    this.every *= 2;
    this.kept = this.kept.filter((each) => each.epoch % this.every === 0);
  }

  /** Back to the last kept epoch that is not after `epoch`; what follows is the same again. */
  restore(epoch: number): void {
    const found = this.kept.findLast((each) => each.epoch <= epoch)!;
    this.epoch = found.epoch;
    this.order.set(found.order);
    this.chance.state.set(found.state);
    this.runners.forEach((runner, k) => {
      const { numbers, powers, broken } = found.runners[k];
      runner.numbers.set(numbers);
      runner.optimizer.powers = powers;
      Object.assign(runner, { broken, recent: [] });
    });
  }

  /** Where the race stands; `from`: the losses of earlier epochs are known. */
  frame(from: number): Frame {
    const losses = this.runners.map((runner) => runner.losses.slice(from, this.epoch));
    const looks = this.runners.map((runner) => looked(this.job, runner.net, runner.broken));
    return { epoch: this.epoch, looks, losses, from };
  }
}
