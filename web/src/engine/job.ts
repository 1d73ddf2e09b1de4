// What a race is told.
import type { Goals } from './net';
import type { Rule } from './optimise';

export interface Rows {
  inputs: Float32Array; // rows x columns
  goals: Goals;
  rows: number;
}

/** What is trained, the same for every network. */
export interface Job {
  sizes: number[]; // inputs, neurons of each hidden layer, outputs
  train: Rows;
  test: Rows;
  rule: Rule;
  batch: number;
  seed: number; // of noise and of the order of rows
  matched: boolean; // initial weights times the gain of the activation
  plane: [number, number] | null; // limits of a map of both inputs, or of a curve over one
  grid: number; // points of the map along a side
}

export const LOOKED_AT = 256; // rows at once

/** Copy the rows order[begin : begin + rows] to the first block of a workspace. */
export function gather(data: Rows, order: Uint32Array, begin: number, rows: number, target: Float32Array): void {
  const columns = data.inputs.length / data.rows;
  for (let i = 0; i < rows; i++) {
    const from = order[begin + i] * columns;
    for (let j = 0; j < columns; j++) target[i * columns + j] = data.inputs[from + j];
  }
}
