// The lessons: what each asks, and when the reader has it. Texts: messages/*/lab_lessons.toml.
import { flat, forward, softmax, type Apply, type Net } from '../forward/net';
import { PRESETS } from '../forward/presets';
import { right } from './xor';

/** All that a reader can move; each view shows its part. */
export interface Play {
  net: Net;
  inputs: number[];
  at: [number, number];
  name: string; // an activation
  x: number;
  row: number[];
  angle: number; // degrees
  shift: number;
  weights: number; // σw
  seen: string[]; // where the reader has been
}

/** What goals may ask of the functions. */
export interface Look {
  apply: Apply;
  exponentials: (name: string) => number;
  gradient: number; // squared, in the first layer over the last, as theory has it
}

type Goal = (play: Play, look: Look, begin: Play) => boolean;
export interface Step { ask: string; done: string; goal: Goal; start?: Partial<Play> }
const step = (ask: string, done: string, goal: Goal, start?: Partial<Play>): Step => ({ ask, done, goal, start });

export interface Lesson {
  name: string;
  title: string;
  texts: string[];
  view: 'bench' | 'xor' | 'slope' | 'chain' | 'softmax' | 'depth';
  fixed?: 'weights' | 'inputs';
  names?: string[]; // activations to choose from
  start: Partial<Play>;
  steps: Step[];
}

const bench = (name: string): Partial<Play> =>
  ({ net: PRESETS[name].net, inputs: PRESETS[name].inputs, at: [PRESETS[name].net.sizes.length - 1, 0] });
const last = (play: Play, look: Look): { z: number[]; a: number[] } => forward(play.net, play.inputs, look.apply).at(-1)!;
const slope = (play: Play, look: Look): number => look.apply(play.name, play.x).slope;

/** By how many weights, biases and inputs two networks differ. */
export function changed(play: Play, from: Play): number {
  const before = [...flat(from.net), ...from.inputs];
  return [...flat(play.net), ...play.inputs].filter((each, k) => each !== before[k]).length;
}

/** All inputs moved, and no probability. */
function shifted({ row }: Play, _: Look, begin: Play): boolean {
  const before = softmax(begin.row), now = softmax(row);
  return row.every((each, k) => Math.abs(each - begin.row[k]) > 0.99 && Math.abs(now[k] - before[k]) < 0.0005);
}

/** Places that goals ask for later. */
export function noticed(play: Play, look: Look): string[] {
  const here = [`${play.at[0]}.${play.at[1]}`];
  if (play.name === 'relu' && slope(play, look) === 0) here.push('dead');
  return here.filter((each) => !play.seen.includes(each));
}

const FOUR = ['sigmoid', 'tanh', 'relu', 'leaky_relu'];

export const LESSONS: readonly Lesson[] = [
  {
    name: 'neuron', title: 'lab.lessons.neuron.title', view: 'bench', start: bench('one'),
    texts: ['lab.lessons.neuron.text', 'lab.lessons.neuron.text_2'],
    steps: [
      step('lab.lessons.neuron.ask_zero', 'lab.lessons.neuron.done_zero',
        (play, look) => Math.abs(last(play, look).z[0]) < 0.0101),
      step('lab.lessons.neuron.ask_sign', 'lab.lessons.neuron.done_sign',
        (play, look) => last(play, look).a[0] > 0.9 && play.net.biases[0][0] < 0),
    ],
  },
  {
    name: 'layer', title: 'lab.lessons.layer.title', view: 'bench', fixed: 'weights', start: { ...bench('layer'), at: [0, 0] },
    texts: ['lab.lessons.layer.text'],
    steps: [step('lab.lessons.layer.ask', 'lab.lessons.layer.done', (play, look) => last(play, look).a.every((each) => each > 0.5))],
  },
  {
    name: 'forward', title: 'lab.lessons.forward.title', view: 'bench', start: { ...bench('two'), at: [0, 0] },
    texts: ['lab.lessons.forward.text'],
    steps: [
      step('lab.lessons.forward.ask_walk', 'lab.lessons.forward.done_walk',
        (play) => ['1.0', '1.1', '2.0'].every((each) => play.seen.includes(each))),
      step('lab.lessons.forward.ask_flip', 'lab.lessons.forward.done_flip',
        (play, look, begin) => last(play, look).a[0] < 0.5 && changed(play, begin) === 1, bench('two')),
    ],
  },
  {
    name: 'why', title: 'lab.lessons.why.title', view: 'xor', start: { name: 'identity', angle: 0, shift: 1 },
    names: ['identity', 'relu', 'leaky_relu', 'tanh', 'sigmoid'],
    texts: ['lab.lessons.why.text', 'lab.lessons.why.text_2'],
    steps: [
      step('lab.lessons.why.ask_line', 'lab.lessons.why.done_line',
        (play, look) => play.name === 'identity' && right(play, look.apply) === 3),
      step('lab.lessons.why.ask_bend', 'lab.lessons.why.done_bend',
        (play, look) => play.name !== 'identity' && right(play, look.apply) === 4),
    ],
  },
  {
    name: 'five', title: 'lab.lessons.five.title', view: 'slope', names: FOUR, start: { name: 'sigmoid', x: 3 },
    texts: ['lab.lessons.five.text', 'lab.lessons.five.text_2'],
    steps: [
      step('lab.lessons.five.ask_steep', 'lab.lessons.five.done_steep',
        (play) => play.name === 'sigmoid' && Math.abs(play.x) < 0.11),
      step('lab.lessons.five.ask_flat', 'lab.lessons.five.done_flat',
        (play, look) => play.name === 'tanh' && slope(play, look) < 0.01),
      step('lab.lessons.five.ask_dead', 'lab.lessons.five.done_dead',
        (play) => play.seen.includes('dead') && play.name === 'leaky_relu' && play.x < 0, { seen: [] }),
    ],
  },
  {
    name: 'compare', title: 'lab.lessons.compare.title', view: 'chain', names: FOUR, start: { name: 'sigmoid', x: 1 },
    texts: ['lab.lessons.compare.text'],
    steps: [step('lab.lessons.compare.ask', 'lab.lessons.compare.done', (play, look) => slope(play, look) ** 10 > 0.5)],
  },
  {
    name: 'softmax', title: 'lab.lessons.softmax.title', view: 'softmax', start: { row: [1, 2, 1] },
    texts: ['lab.lessons.softmax.text'],
    steps: [
      step('lab.lessons.softmax.ask_sure', 'lab.lessons.softmax.done_sure', (play) => softmax(play.row)[2] > 0.9),
      step('lab.lessons.softmax.ask_shift', 'lab.lessons.softmax.done_shift', shifted, { row: [3, 1, 0.2] }),
    ],
  },
  {
    name: 'choose', title: 'lab.lessons.choose.title', view: 'depth', start: { name: 'relu', weights: 1 },
    names: [...FOUR, 'elu', 'gelu', 'silu', 'hard_swish'],
    texts: ['lab.lessons.choose.text', 'lab.lessons.choose.text_2'],
    steps: [
      step('lab.lessons.choose.ask_gain', 'lab.lessons.choose.done_gain',
        (play, look) => play.name === 'relu' && look.gradient > 0.5 && look.gradient < 2),
      step('lab.lessons.choose.ask_sigmoid', 'lab.lessons.choose.done_sigmoid',
        (play) => play.name === 'sigmoid' && Math.abs(play.weights - 1) < 0.02),
      step('lab.lessons.choose.ask_cheap', 'lab.lessons.choose.done_cheap',
        (play, look) => look.exponentials(play.name) === 0 && look.gradient > 0.1 && look.gradient < 10),
    ],
  },
];

/** What lies on the table when a lesson or one of its steps begins. */
export function beginning(lesson: Lesson, step: number): Play {
  const plain: Play = {
    net: PRESETS.one.net, inputs: PRESETS.one.inputs, at: [1, 0], name: 'relu', x: 1,
    row: [1, 2, 3], angle: 0, shift: 0, weights: 1, seen: [],
  };
  const starts = lesson.steps.slice(0, step + 1).map((each) => each.start ?? {});
  return structuredClone(Object.assign(plain, lesson.start, ...starts));
}
