// AdamW and SGD as in src/nonlin/network/optimise.py.

export interface Rule {
  optimizer: 'adamw' | 'sgd';
  rate: number;
  decay: number; // of weights, not of biases
  momentum: number; // of SGD
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];
const TINY = 1e-36; // below: zero, because processors are slow with smaller numbers
const MOST = 3e38;

/** What the optimizer remembers; for SGD `first` is the velocity. */
export interface Memory {
  first: Float32Array;
  second: Float32Array;
  powers: [number, number];
}

/** One step; the first `split` parameters are weights. False if one is not finite. */
export function update(parameters: Float32Array, gradient: Float32Array, memory: Memory, rule: Rule, split: number): boolean {
  const step = rule.optimizer === 'adamw' ? adamw : sgd;
  memory.powers[0] *= BETA1;
  memory.powers[1] *= BETA2;
  const weights = step(parameters, gradient, memory, rule, 0, split, rule.decay);
  return step(parameters, gradient, memory, rule, split, parameters.length, 0) && weights;
}

function adamw(values: Float32Array, gradient: Float32Array, memory: Memory, rule: Rule, begin: number, end: number, decay: number): boolean {
  const { first, second, powers } = memory;
  const correction = Math.sqrt(1 - powers[1]);
  const [size, epsilon, keep] = [(rule.rate * correction) / (1 - powers[0]), EPSILON * correction, 1 - rule.rate * decay];
  let sound = true;
  for (let k = begin; k < end; k++) {
    const slope = gradient[k];
    let mean = BETA1 * first[k] + (1 - BETA1) * slope;
    let square = BETA2 * second[k] + (1 - BETA2) * slope * slope;
    if (Math.abs(mean) < TINY) mean = 0;
    if (square < TINY) square = 0;
    first[k] = mean;
    second[k] = square;
    const value = keep * values[k] - (size * mean) / (Math.sqrt(square) + epsilon);
    values[k] = value;
    sound = sound && Math.abs(value) <= MOST;
  }
  return sound;
}

function sgd(values: Float32Array, gradient: Float32Array, memory: Memory, rule: Rule, begin: number, end: number, decay: number): boolean {
  const { first } = memory;
  const keep = 1 - rule.rate * decay;
  let sound = true;
  for (let k = begin; k < end; k++) {
    let speed = rule.momentum * first[k] + gradient[k];
    if (Math.abs(speed) < TINY) speed = 0;
    first[k] = speed;
    const value = keep * values[k] - rule.rate * speed;
    values[k] = value;
    sound = sound && Math.abs(value) <= MOST;
  }
  return sound;
}
