// The networks of docs/learn, with the weights that stand there.
import type { Net } from './net';

export interface Preset {
  net: Net;
  inputs: number[];
  target: number[];
}

export const PRESETS: Record<string, Preset> = {
  one: {
    net: {
      sizes: [2, 1], weights: [[[0.5], [0.25]]], biases: [[-0.2]],
      hidden: 'sigmoid', output: 'sigmoid',
    },
    inputs: [1, 2], target: [1],
  },
  layer: {
    net: {
      sizes: [2, 3], weights: [[[0.5, -1, 0.3], [0.25, 0.75, -0.6]]], biases: [[-0.2, 0.1, 0.4]],
      hidden: 'sigmoid', output: 'sigmoid',
    },
    inputs: [1, 2], target: [1, 0, 1],
  },
  two: {
    net: {
      sizes: [2, 2, 1], weights: [[[0.5, -1], [0.25, 0.75]], [[2], [-1]]],
      biases: [[-0.2, 0.1], [0.3]], hidden: 'sigmoid', output: 'sigmoid',
    },
    inputs: [1, 2], target: [0],
  },
  three: { // nonlin forward 3,4,2 --input 1,2,3, to four digits
    net: {
      sizes: [3, 4, 2],
      weights: [
        [[0.8335, -0.5173, 0.4249, 0.003393], [0.4927, 0.09292, 0.473, 0.4651],
          [0.1256, 0.5601, -0.4267, 0.3426]],
        [[0.5693, -1.352], [-2.473, 0.6603], [0.9147, -0.246], [0.2232, -0.7342]],
      ],
      biases: [[0, 0, 0, 0], [0, 0]], hidden: 'relu', output: 'softmax',
    },
    inputs: [1, 2, 3], target: [0, 1],
  },
  xor: {
    net: {
      sizes: [2, 2, 1], weights: [[[1, 1], [1, 1]], [[1], [-2]]], biases: [[0, -1], [0]],
      hidden: 'relu', output: 'identity',
    },
    inputs: [1, 0], target: [1],
  },
};
