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
    const [values, slope, first, second] = [parameters, gradient, this.first, this.second].map((each) => each.byteOffset + 4 * begin);
    const [keep, many, at] = [1 - rule.rate * decay, end - begin, this.constants.byteOffset];
    if (rule.optimizer === 'sgd') {
      this.constants.set([keep, rule.rate, rule.momentum]);
      exports.sgd(values, slope, first, values, first, many, at);
      return;
    }
    const correction = Math.sqrt(1 - this.powers[1]);
    this.constants.set([keep, (rule.rate * correction) / (1 - this.powers[0]), EPSILON * correction]);
    exports.adamw(values, slope, first, second, values, first, second, many, at);
  }
}
