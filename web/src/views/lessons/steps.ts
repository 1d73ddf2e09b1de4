// The lessons: what each asks, and when the reader has it. Texts: messages/*/lab_lessons.toml.
import { forward, softmax, type Apply, type Net } from '../forward/net';
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

export interface Step {
  ask: string;
  done: string;
  start?: Partial<Play>;
  goal: (play: Play, look: Look, begin: Play) => boolean;
}

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

/** By how many weights and biases two networks differ. */
export function changed(net: Net, from: Net): number {
  const weights = net.weights.flat(2).filter((each, k) => each !== from.weights.flat(2)[k]);
  return weights.length + net.biases.flat().filter((each, k) => each !== from.biases.flat()[k]).length;
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
      { ask: 'lab.lessons.neuron.ask_zero', done: 'lab.lessons.neuron.done_zero',
        goal: (play, look) => Math.abs(last(play, look).z[0]) < 0.0101 },
      { ask: 'lab.lessons.neuron.ask_sign', done: 'lab.lessons.neuron.done_sign',
        goal: (play, look) => last(play, look).a[0] > 0.9 && play.net.biases[0][0] < 0 },
    ],
  },
  {
    name: 'layer', title: 'lab.lessons.layer.title', view: 'bench', fixed: 'weights',
    texts: ['lab.lessons.layer.text'], start: { ...bench('layer'), at: [0, 0] },
    steps: [{ ask: 'lab.lessons.layer.ask', done: 'lab.lessons.layer.done',
      goal: (play, look) => last(play, look).a.every((each) => each > 0.5) }],
  },
  {
    name: 'forward', title: 'lab.lessons.forward.title', view: 'bench',
    texts: ['lab.lessons.forward.text'], start: { ...bench('two'), at: [0, 0] },
    steps: [
      { ask: 'lab.lessons.forward.ask_walk', done: 'lab.lessons.forward.done_walk',
        goal: (play) => ['1.0', '1.1', '2.0'].every((each) => play.seen.includes(each)) },
      { ask: 'lab.lessons.forward.ask_flip', done: 'lab.lessons.forward.done_flip',
        start: { ...bench('two') },
        goal: (play, look, begin) => last(play, look).a[0] < 0.5 && changed(play.net, begin.net) === 1
          && play.inputs.every((each, k) => each === begin.inputs[k]) },
    ],
  },
  {
    name: 'why', title: 'lab.lessons.why.title', view: 'xor',
    names: ['identity', 'relu', 'leaky_relu', 'tanh', 'sigmoid'],
    texts: ['lab.lessons.why.text', 'lab.lessons.why.text_2'], start: { name: 'identity', angle: 0, shift: 1 },
    steps: [
      { ask: 'lab.lessons.why.ask_line', done: 'lab.lessons.why.done_line',
        goal: (play, look) => play.name === 'identity' && right(play, look.apply) === 3 },
      { ask: 'lab.lessons.why.ask_bend', done: 'lab.lessons.why.done_bend',
        goal: (play, look) => play.name !== 'identity' && right(play, look.apply) === 4 },
    ],
  },
  {
    name: 'five', title: 'lab.lessons.five.title', view: 'slope', names: FOUR,
    texts: ['lab.lessons.five.text', 'lab.lessons.five.text_2'], start: { name: 'sigmoid', x: 3 },
    steps: [
      { ask: 'lab.lessons.five.ask_steep', done: 'lab.lessons.five.done_steep',
        goal: (play) => play.name === 'sigmoid' && Math.abs(play.x) < 0.11 },
      { ask: 'lab.lessons.five.ask_flat', done: 'lab.lessons.five.done_flat',
        goal: (play, look) => play.name === 'tanh' && slope(play, look) < 0.01 },
      { ask: 'lab.lessons.five.ask_dead', done: 'lab.lessons.five.done_dead', start: { seen: [] },
        goal: (play) => play.seen.includes('dead') && play.name === 'leaky_relu' && play.x < 0 },
    ],
  },
  {
    name: 'compare', title: 'lab.lessons.compare.title', view: 'chain', names: FOUR,
    texts: ['lab.lessons.compare.text'], start: { name: 'sigmoid', x: 1 },
    steps: [{ ask: 'lab.lessons.compare.ask', done: 'lab.lessons.compare.done',
      goal: (play, look) => slope(play, look) ** 10 > 0.5 }],
  },
  {
    name: 'softmax', title: 'lab.lessons.softmax.title', view: 'softmax',
    texts: ['lab.lessons.softmax.text'], start: { row: [1, 2, 1] },
    steps: [
      { ask: 'lab.lessons.softmax.ask_sure', done: 'lab.lessons.softmax.done_sure',
        goal: (play) => softmax(play.row)[2] > 0.9 },
      { ask: 'lab.lessons.softmax.ask_shift', done: 'lab.lessons.softmax.done_shift', start: { row: [3, 1, 0.2] },
        goal: (play, _, begin) => {
          const before = softmax(begin.row);
          return play.row.every((each, k) => Math.abs(each - begin.row[k]) > 0.99)
            && softmax(play.row).every((each, k) => Math.abs(each - before[k]) < 0.0005);
        } },
    ],
  },
  {
    name: 'choose', title: 'lab.lessons.choose.title', view: 'depth',
    names: [...FOUR, 'elu', 'gelu', 'silu', 'hard_swish'],
    texts: ['lab.lessons.choose.text', 'lab.lessons.choose.text_2'], start: { name: 'relu', weights: 1 },
    steps: [
      { ask: 'lab.lessons.choose.ask_gain', done: 'lab.lessons.choose.done_gain',
        goal: (play, look) => play.name === 'relu' && look.gradient > 0.5 && look.gradient < 2 },
      { ask: 'lab.lessons.choose.ask_sigmoid', done: 'lab.lessons.choose.done_sigmoid',
        goal: (play) => play.name === 'sigmoid' && Math.abs(play.weights - 1) < 0.02 },
      { ask: 'lab.lessons.choose.ask_cheap', done: 'lab.lessons.choose.done_cheap',
        goal: (play, look) => look.exponentials(play.name) === 0 && look.gradient > 0.1 && look.gradient < 10 },
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
