// Why a network stopped being finite, as src/nonlin/network/divergence.py tells it.
import type { Net } from './net';

export interface Divergence {
  step: number; // counted from 1, as are epoch and layer
  epoch: number;
  where: 'sums' | 'activations' | 'parameters' | 'loss';
  layer: number;
  losses: number[]; // of the steps before
}

export const KEPT = 4; // losses of steps

export const sound = (values: Float32Array, begin = 0, end = values.length): boolean => {
  for (let k = begin; k < end; k++) if (!Number.isFinite(values[k])) return false;
  return true;
};

/** The layer whose numbers broke first, on the way forward or in an update. */
export function firstBroken(net: Net, rows: number): Pick<Divergence, 'where' | 'layer'> {
  const { parameters, weights, biases, sizes, work } = net;
  for (let layer = net.layers; layer > 0; layer--) {
    const [fanIn, fanOut, w, b] = [sizes[layer - 1], sizes[layer], weights[layer - 1], biases[layer - 1]];
    const whole = sound(parameters, w, w + fanIn * fanOut) && sound(parameters, b, b + fanOut);
    if (!whole) return { where: 'parameters', layer };
  }
  for (let layer = 1; layer <= net.layers; layer++) {
    const length = rows * sizes[layer];
    if (sound(work.values[layer], 0, length)) continue;
    net.sums(layer - 1, rows, work.values[layer]);
    return { where: sound(work.values[layer], 0, length) ? 'activations' : 'sums', layer };
  }
  return { where: 'loss', layer: net.layers };
}
