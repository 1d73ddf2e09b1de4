// AdamW and SGD as in src/nonlin/network/optimise.py, by kernels.
import type { Exports } from './kernels';
import type { Arena } from './memory';

export interface Rule {
  optimizer: 'adamw' | 'sgd';
  rate: number;
  decay: number; // of weights, not of biases
  momentum: number; // of SGD
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/** What the optimizer of one network remembers; for SGD `first` is the velocity. */
export class Optimizer {
  readonly first: Float32Array;
  readonly second: Float32Array;
  powers: [number, number] = [1, 1];
  private readonly constants: Float64Array;

  constructor(arena: Arena, first: Float32Array, second: Float32Array) {
    this.first = first;
    this.second = second;
    this.constants = arena.doubles([0, 0, 0]);
  }

  /** One step; the first `split` parameters are weights. */
  step(exports: Exports, parameters: Float32Array, gradient: Float32Array, rule: Rule, split: number): void {
    this.powers = [this.powers[0] * BETA1, this.powers[1] * BETA2];
    this.part(exports, parameters, gradient, rule, 0, split, rule.decay);
    this.part(exports, parameters, gradient, rule, split, parameters.length, 0);
  }

  private part(exports: Exports, parameters: Float32Array, gradient: Float32Array, rule: Rule, begin: number, end: number, decay: number): void {
    const [keep, many, shift, at] = [1 - rule.rate * decay, end - begin, 4 * begin, this.constants.byteOffset];
    const [values, first, second] = [parameters.byteOffset + shift, this.first.byteOffset + shift, this.second.byteOffset + shift];
    const [correction, adam] = [Math.sqrt(1 - this.powers[1]), rule.optimizer === 'adamw'];
    this.constants[0] = keep;
    this.constants[1] = adam ? (rule.rate * correction) / (1 - this.powers[0]) : rule.rate;
    this.constants[2] = adam ? EPSILON * correction : rule.momentum;
    const slope = gradient.byteOffset + shift;
    if (adam) exports.adamw(values, slope, first, second, values, first, second, many, at);
    else exports.sgd(values, slope, first, values, first, many, at);
  }
}
