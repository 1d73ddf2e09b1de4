// A dense network: the layout and the order of work of src/nonlin/network/backprop.py.
import type { Exports, Slopes, Unit } from './kernels';
import type { Arena } from './memory';

const TINY = 1e-36; // what is smaller is 0 on the way back, as in wasm_helpers.py: subnormal numbers take many times as long

/** What a network should give: classes, or numbers (one per row). */
export type Goals = { labels: Uint8Array } | { targets: Float32Array };

/** Buffers of one pass over up to `rows` rows, shared by networks of the same sizes. */
export class Workspace {
  readonly values: Float32Array[]; // what each layer receives, then the logits
  readonly slopes: Float32Array[]; // f'(z) on the way forward, dL/dz on the way back
  readonly gradient: Float32Array;
  readonly zeros: Float32Array;
  readonly ones: Float32Array;
  readonly turned: Float32Array; // weights, transposed
  readonly pulled: Float32Array; // errors of the layer before
  readonly scratch: Float32Array;

  constructor(arena: Arena, sizes: readonly number[], rows: number) {
    const widest = Math.max(...sizes);
    this.values = sizes.map((size) => arena.floats(rows * size));
    this.slopes = sizes.map((size) => arena.floats(rows * size));
    this.gradient = arena.floats(count(sizes));
    this.zeros = arena.floats(widest);
    this.ones = arena.floats(rows).fill(1);
    this.turned = arena.floats(widest * widest);
    this.pulled = arena.floats(rows * widest);
    this.scratch = arena.floats(rows);
  }
}

/** Weights and biases of a network of these sizes. */
export const count = (sizes: readonly number[]): number =>
  sizes.slice(1).reduce((total, size, layer) => total + size * (sizes[layer] + 1), 0);

export class Net {
  readonly sizes: readonly number[];
  readonly hidden: readonly Unit[];
  readonly work: Workspace;
  readonly parameters: Float32Array; // all weights, row by row, then all biases
  readonly weights: number[] = []; // where those of each layer begin
  readonly biases: number[] = [];
  private readonly constants: number[];
  exports!: Exports; // from `open`: the memory is made before the module
  private kernels: Slopes[] = [];

  constructor(arena: Arena, sizes: readonly number[], hidden: readonly Unit[], work: Workspace, parameters: Float32Array) {
    this.sizes = sizes;
    this.hidden = hidden;
    this.work = work;
    this.parameters = parameters;
    this.constants = hidden.map((each) => arena.doubles(each.constants).byteOffset);
    let at = 0;
    for (let layer = 1; layer < sizes.length; layer++) {
      this.weights.push(at);
      at += sizes[layer - 1] * sizes[layer];
    }
    for (let layer = 1; layer < sizes.length; layer++) {
      this.biases.push(at);
      at += sizes[layer];
    }
  }

  open(exports: WebAssembly.Exports & Exports): void {
    this.exports = exports;
    this.kernels = this.hidden.map((unit) => exports[unit.fd] as Slopes);
  }

  get layers(): number {
    return this.sizes.length - 1;
  }

  /** Weights from even noise of variance 1; `matched`: times the gain of what feeds the layer. */
  begin(noise: () => number, matched: boolean): void {
    this.parameters.fill(0);
    this.sizes.slice(0, -1).forEach((fanIn, layer) => {
      const gain = matched && layer > 0 ? this.hidden[layer - 1].gain : 1;
      const scale = gain * Math.sqrt(3 / fanIn);
      const end = this.weights[layer] + fanIn * this.sizes[layer + 1];
      for (let k = this.weights[layer]; k < end; k++) this.parameters[k] = scale * noise();
    });
  }

  private address(offset: number): number {
    return this.parameters.byteOffset + 4 * offset;
  }

  /** The logits of the first `rows` rows of the workspace. */
  forward(rows: number): Float32Array {
    const { values, slopes } = this.work;
    for (let layer = 0; layer < this.layers; layer++) {
      this.sums(layer, rows, values[layer + 1]);
      if (layer === this.layers - 1) break;
      const [at, many] = [values[layer + 1].byteOffset, rows * this.sizes[layer + 1]];
      this.kernels[layer](at, at, slopes[layer + 1].byteOffset, many, this.constants[layer]);
    }
    return values[this.layers];
  }

  /** w·x + b of one layer, of what it receives. */
  sums(layer: number, rows: number, target: Float32Array): void {
    const [fanIn, fanOut] = [this.sizes[layer], this.sizes[layer + 1]];
    const [from, to] = [this.work.values[layer].byteOffset, target.byteOffset];
    const [weights, bias] = [this.address(this.weights[layer]), this.address(this.biases[layer])];
    this.exports.gemm(from, fanIn, 1, weights, fanOut, bias, to, fanOut, rows, fanIn, fanOut);
  }

  /** Mean loss of the logits that stand in the workspace; their slopes go into the last block. */
  loss(goals: Goals, order: Uint32Array, begin: number, rows: number): number {
    if ('labels' in goals) return this.crossEntropy(goals.labels, order, begin, rows);
    return this.squaredError(goals.targets, order, begin, rows);
  }

  private squaredError(targets: Float32Array, order: Uint32Array, begin: number, rows: number): number {
    const [logits, errors] = [this.work.values[this.layers], this.work.slopes[this.layers]];
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const difference = logits[i] - targets[order[begin + i]];
      total += difference * difference;
      errors[i] = (2 / rows) * difference;
    }
    return total / rows;
  }

  private crossEntropy(labels: Uint8Array, order: Uint32Array, begin: number, rows: number): number {
    const { work: { values, slopes, scratch: sums }, sizes, layers } = this;
    const [logits, shares, classes] = [values[layers], slopes[layers], sizes[layers]];
    let total = 0;
    for (let i = 0, at = 0; i < rows; i++, at += classes) {
      let top = logits[at];
      for (let j = at + 1; j < at + classes; j++) top = Math.max(top, logits[j]);
      for (let j = at; j < at + classes; j++) shares[j] = logits[j] - top;
      total -= shares[at + labels[order[begin + i]]];
    }
    this.exports.exp(shares.byteOffset, shares.byteOffset, rows * classes, 0);
    for (let i = 0, at = 0; i < rows; i++, at += classes) {
      let sum = 0;
      for (let j = at; j < at + classes; j++) sum = Math.fround(sum + shares[j]);
      for (let j = at; j < at + classes; j++) {
        const share = shares[j] / (sum * rows);
        shares[j] = share < TINY ? 0 : share;
      }
      sums[i] = sum;
      shares[at + labels[order[begin + i]]] -= 1 / rows;
    }
    this.exports.log(sums.byteOffset, sums.byteOffset, rows, 0);
    for (let i = 0; i < rows; i++) total += sums[i];
    return total / rows;
  }

  /** Fill `gradient`, given the slopes of the loss in the last block of `slopes`. */
  backward(rows: number): void {
    const { values, slopes, gradient, zeros, ones, turned, pulled } = this.work;
    const { gemm, multiply, turn } = this.exports;
    for (let layer = this.layers - 1; layer >= 0; layer--) {
      const [fanIn, fanOut] = [this.sizes[layer], this.sizes[layer + 1]];
      const errors = slopes[layer + 1].byteOffset;
      const at = (offset: number) => gradient.byteOffset + 4 * offset;
      gemm(values[layer].byteOffset, 1, fanIn, errors, fanOut, zeros.byteOffset, at(this.weights[layer]), fanOut, fanIn, rows, fanOut);
      gemm(ones.byteOffset, 0, 1, errors, fanOut, zeros.byteOffset, at(this.biases[layer]), fanOut, 1, rows, fanOut);
      if (layer === 0) continue;
      turn(this.address(this.weights[layer]), turned.byteOffset, fanIn, fanOut);
      gemm(errors, fanOut, 1, turned.byteOffset, fanIn, zeros.byteOffset, pulled.byteOffset, fanIn, rows, fanOut, fanIn);
      const before = slopes[layer].byteOffset;
      multiply(before, pulled.byteOffset, before, rows * fanIn, 0);
    }
  }
}
