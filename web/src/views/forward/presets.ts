// The networks of docs/learn, with the weights that stand there.
import type { Net } from './net';

export interface Preset {
  net: Net;
  inputs: number[];
  target: number[];
}

function preset(weights: number[][][], biases: number[][], inputs: number[], target: number[],
  hidden = 'sigmoid', output = 'sigmoid'): Preset {
  const sizes = [weights[0].length, ...biases.map((each) => each.length)];
  return { net: { sizes, weights, biases, hidden, output }, inputs, target };
}

const THREE = [ // nonlin forward 3,4,2 --input 1,2,3, to four digits
  [[0.8335, -0.5173, 0.4249, 0.003393], [0.4927, 0.09292, 0.473, 0.4651], [0.1256, 0.5601, -0.4267, 0.3426]],
  [[0.5693, -1.352], [-2.473, 0.6603], [0.9147, -0.246], [0.2232, -0.7342]],
];

export const PRESETS: Record<string, Preset> = {
  one: preset([[[0.5], [0.25]]], [[-0.2]], [1, 2], [1]),
  layer: preset([[[0.5, -1, 0.3], [0.25, 0.75, -0.6]]], [[-0.2, 0.1, 0.4]], [1, 2], [1, 0, 1]),
  two: preset([[[0.5, -1], [0.25, 0.75]], [[2], [-1]]], [[-0.2, 0.1], [0.3]], [1, 2], [0]),
  three: preset(THREE, [[0, 0, 0, 0], [0, 0]], [1, 2, 3], [0, 1], 'relu', 'softmax'),
  xor: preset([[[1, 1], [1, 1]], [[1], [-2]]], [[0, -1], [0]], [1, 0], [1], 'relu', 'identity'),
};
