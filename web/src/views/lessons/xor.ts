// XOR with two hidden neurons, f(z) - 2 f(z - 1): the network of docs/learn, turned and moved.
import type { Apply } from '../forward/net';

export interface Line {
  name: string;
  angle: number; // degrees; 45 as in the guide
  shift: number;
}

/** x, y and the answer that XOR asks for. */
export const CORNERS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] as const;

export function answer({ name, angle, shift }: Line, x: number, y: number, apply: Apply): number {
  const turn = (angle * Math.PI) / 180;
  const z = Math.SQRT2 * (Math.cos(turn) * x + Math.sin(turn) * y) + shift;
  return apply(name, z).value - 2 * apply(name, z - 1).value;
}

/** Of the four corners, how many are on the right side of 0.5. */
export function right(line: Line, apply: Apply): number {
  return CORNERS.filter(([x, y, wanted]) => Number(answer(line, x, y, apply) > 0.5) === wanted).length;
}
