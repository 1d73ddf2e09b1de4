// The page's side: workers that train, and one state machine.
//
//   loading --answers--> ready --run, step, seek--> running --goal reached, pause--> paused
//      any phase --an error--> failed;  any phase --start--> loading
//
// A wish that comes while loading is kept: what there is to reach is one number, `goal`.
import type { Job } from './job';
import type { Unit } from './kernels';
import type { Look } from './look';
import type { Frame } from './race';
import type { Answer, Order } from './worker';

export type Phase = 'loading' | 'ready' | 'running' | 'paused' | 'failed';
export type Pace = 'slow' | 'even' | 'fast';

/** What the engine needs of a worker. */
export interface Post {
  postMessage(order: Order): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Where all networks stand, in the order in which they were given. */
export interface Standing {
  epoch: number;
  looks: Look[];
  losses: number[][]; // of each network, by epoch
  last: boolean; // there is no other to come
}

export interface Listener {
  phase(phase: Phase, problem: string): void;
  standing(standing: Standing): void;
}

const BETWEEN: Record<Pace, number> = { slow: 250, even: 30, fast: 0 }; // milliseconds from epoch to epoch
const [FRAME, LEAP] = [80, 250]; // milliseconds from picture to picture: as fast as possible, on the way to an epoch
const MOST = 500; // epochs at once, so that a pause is heard

export class Engine {
  phase: Phase = 'loading';
  pace: Pace = 'even';
  epoch = 0;
  private goal = 0; // the epoch to reach
  private back: number | null = null; // go back to here first
  private turn = 0; // answers to earlier runs are not for us
  private waiting = 0; // workers that have not answered
  private chunk = 1; // epochs at once
  private sent = 0;
  private frames: Frame[] = [];
  private losses: number[][] = [];
  private order: number[] = []; // network k of all workers, one after another, is number order[k]
  private used: Post[] = [];
  private readonly workers: Post[];
  private readonly listener: Listener;

  constructor(workers: Post[], listener: Listener) {
    this.workers = workers;
    this.listener = listener;
    workers.forEach((worker, k) => {
      worker.onmessage = ({ data }) => this.hear(k, data);
      worker.onerror = (event) => this.fail(event.message);
    });
  }

  start(code: Uint8Array<ArrayBuffer>, job: Job, hidden: Unit[][], goal = 0): void {
    const count = Math.min(this.workers.length, hidden.length);
    const shares = this.workers.slice(0, count).map((_, w) => hidden.map((_, k) => k).filter((k) => k % count === w));
    Object.assign(this, { turn: this.turn + 1, goal, back: null, epoch: 0, chunk: 1, used: this.workers.slice(0, count) });
    this.order = shares.flat();
    this.losses = hidden.map(() => []);
    this.enter('loading');
    this.send((w) => ({ op: 'start', run: this.turn, code, job, hidden: shares[w].map((k) => hidden[k]) }));
  }

  run(): void {
    this.reach(Infinity);
  }

  step(): void {
    this.reach((this.phase === 'running' && Number.isFinite(this.goal) ? this.goal : this.epoch) + 1);
  }

  pause(): void {
    if (this.phase === 'running') this.enter('paused');
    if (this.phase === 'loading') this.goal = 0;
    this.back = null;
  }

  /** Go to an epoch, back or forth. */
  seek(epoch: number): void {
    if (epoch < this.epoch) this.back = epoch;
    this.reach(epoch);
  }

  close(): void {
    this.workers.forEach((worker) => worker.terminate());
  }

  private reach(goal: number): void {
    if (this.phase === 'failed') return;
    this.goal = goal;
    if (this.phase === 'loading') return;
    this.enter('running');
    this.next();
  }

  private enter(phase: Phase, problem = ''): void {
    if (phase === this.phase && phase !== 'loading') return;
    this.phase = phase;
    this.listener.phase(phase, problem);
  }

  private fail(problem: string): void {
    this.enter('failed', problem);
  }

  /** What to do next, if nobody works. */
  private next(): void {
    if (this.waiting > 0 || this.phase !== 'running') return;
    if (this.back !== null) {
      const epoch = this.back;
      this.back = null;
      this.send(() => ({ op: 'restore', run: this.turn, epoch }));
    } else if (this.epoch < this.goal) {
      const epochs = Math.min(this.chunk, this.goal - this.epoch);
      this.send(() => ({ op: 'advance', run: this.turn, epochs }));
    } else {
      this.enter('paused');
    }
  }

  private send(order: (worker: number) => Order): void {
    this.frames = [];
    this.waiting = this.used.length;
    this.sent = performance.now();
    this.used.forEach((worker, w) => worker.postMessage(order(w)));
  }

  private hear(worker: number, answer: Answer): void {
    if (answer.run !== this.turn || this.phase === 'failed') return;
    if ('failed' in answer) return this.fail(answer.failed);
    this.frames[worker] = answer.frame;
    this.waiting -= 1;
    if (this.waiting === 0) this.settle();
  }

  /** Everybody has answered: show it, go on. */
  private settle(): void {
    const spent = performance.now() - this.sent;
    this.epoch = this.frames[0].epoch;
    this.show();
    if (this.phase === 'loading') this.enter(this.goal > 0 ? 'running' : 'ready');
    const leap = Number.isFinite(this.goal) && this.goal - this.epoch > 1;
    const hurry = leap || this.pace === 'fast';
    const fitting = Math.round((this.chunk * (leap ? LEAP : FRAME)) / Math.max(spent, 1));
    this.chunk = hurry ? Math.min(Math.max(fitting, 1), MOST) : 1;
    const rest = hurry ? 0 : BETWEEN[this.pace] - spent;
    if (rest > 0) setTimeout(() => this.next(), rest);
    else this.next();
  }

  private show(): void {
    const looks: Look[] = [];
    const answers = this.frames.flatMap(({ looks, losses, from }) => looks.map((look, k) => ({ look, losses: losses[k], from })));
    answers.forEach(({ look, losses, from }, k) => {
      looks[this.order[k]] = look;
      losses.forEach((loss, i) => (this.losses[this.order[k]][from + i] = loss));
    });
    const losses = this.losses.map((known) => known.slice(0, this.epoch));
    this.listener.standing({ epoch: this.epoch, looks, losses, last: this.epoch >= this.goal });
  }
}
