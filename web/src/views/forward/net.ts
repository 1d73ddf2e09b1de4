// A small network with every number of its forward and backward pass, as network/trace.py has it.

/** f and f' of one number, for an activation by its name. */
export type Apply = (name: string, z: number) => { value: number; slope: number };

/** weights[layer][input][neuron], biases[layer][neuron]; the last layer is the output. */
export interface Net {
  sizes: number[];
  weights: number[][][];
  biases: number[][];
  hidden: string;
  output: string;
}

/** What one layer takes and makes: x, z = xW + b, a = f(z), f'(z). */
export interface Layer {
  name: string;
  x: number[];
  z: number[];
  a: number[];
  slope: number[];
}

/** dL/dz of every neuron, what arrived there (dL/da), and the gradients, laid out as the weights. */
export interface Gradients {
  arriving: number[][];
  errors: number[][];
  weights: number[][][];
  biases: number[][];
}

export function softmax(z: number[]): number[] {
  const top = Math.max(...z);
  const powers = z.map((each) => Math.exp(each - top));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
}

function layer(net: Net, index: number, x: number[], apply: Apply): Layer {
  const name = index === net.weights.length - 1 ? net.output : net.hidden;
  const z = net.biases[index].map((bias, j) =>
    x.reduce((sum, value, i) => sum + net.weights[index][i][j] * value, 0) + bias);
  if (name === 'softmax') return { name, x, z, a: softmax(z), slope: z.map(() => NaN) };
  const found = z.map((each) => apply(name, each));
  return { name, x, z, a: found.map((f) => f.value), slope: found.map((f) => f.slope) };
}

/** All layers for one sample. */
export function forward(net: Net, inputs: number[], apply: Apply): Layer[] {
  const found: Layer[] = [];
  for (let index = 0, x = inputs; index < net.weights.length; index++) {
    found.push(layer(net, index, x, apply));
    x = found[index].a;
  }
  return found;
}

/** Cross-entropy of softmax and of sigmoid, else the mean squared error. */
export function loss(last: Layer, target: number[]): number {
  const { name, a, z } = last;
  if (name === 'softmax') return -target.reduce((sum, y, j) => sum + (y ? y * Math.log(a[j]) : 0), 0);
  if (name === 'sigmoid') // log(1 + e^z) - y z: nothing overflows
    return z.reduce((sum, v, j) => sum + Math.max(v, 0) - target[j] * v + Math.log1p(Math.exp(-Math.abs(v))), 0);
  return a.reduce((sum, v, j) => sum + (v - target[j]) ** 2, 0) / a.length;
}

function lastErrors(last: Layer, target: number[]): { arriving: number[]; errors: number[] } {
  const away = last.a.map((a, j) => a - target[j]);
  if (last.name === 'softmax' || last.name === 'sigmoid') return { arriving: away, errors: away };
  const arriving = away.map((each) => (2 * each) / away.length);
  return { arriving, errors: arriving.map((each, j) => each * last.slope[j]) };
}

/** The way back: from the answer's error to the gradient of every weight. */
export function backward(net: Net, layers: Layer[], target: number[]): Gradients {
  const last = layers.length - 1;
  const found: Gradients = { arriving: [], errors: [], weights: [], biases: [] };
  for (let index = last; index >= 0; index--) {
    const { x, slope } = layers[index];
    let arriving: number[], errors: number[];
    if (index === last) ({ arriving, errors } = lastErrors(layers[last], target));
    else {
      arriving = net.weights[index + 1].map((row) =>
        row.reduce((sum, weight, j) => sum + weight * found.errors[index + 1][j], 0));
      errors = arriving.map((each, j) => each * slope[j]);
    }
    found.arriving[index] = arriving;
    found.errors[index] = errors;
    found.weights[index] = x.map((value) => errors.map((error) => value * error));
    found.biases[index] = errors;
  }
  return found;
}

/** One step of gradient descent. */
export function learned(net: Net, gradients: Gradients, rate: number): Net {
  const slopes = flat(gradients);
  return unflat(net, flat(net).map((each, k) => each - rate * slopes[k]))!;
}

/** Every weight and bias in one list, as a link keeps them, and back; null if the count is wrong. */
export const flat = ({ weights, biases }: Pick<Net, 'weights' | 'biases'>): number[] => [...weights.flat(2), ...biases.flat()];

export function unflat(net: Net, numbers: number[]): Net | null {
  if (numbers?.length !== flat(net).length || !numbers.every(Number.isFinite)) return null;
  let at = 0;
  const weights = net.weights.map((matrix) => matrix.map((row) => row.map(() => numbers[at++])));
  return { ...net, weights, biases: net.biases.map((row) => row.map(() => numbers[at++])) };
}

/** Where an arrow key leads: columns are the inputs and the layers, rows their neurons. */
export function moved(sizes: number[], [column, row]: [number, number], key: string): [number, number] | null {
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
  const size = sizes[column + across];
  if (across && size) return [column + across, Math.min(row, size - 1)];
  return down && row + down >= 0 && row + down < size ? [column, row + down] : null;
}
