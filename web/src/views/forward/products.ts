// Sums of products, written out.
import { shown } from '../../parts/scale';

/** A number as a factor: negative numbers in brackets. */
export const factor = (value: number): string => (value < 0 ? `(${shown(value)})` : shown(value));

/** w·x + w·x + b, written out. */
export function products(pairs: [number, number][], bias?: number): string {
  const parts = pairs.map(([a, b]) => `${factor(a)}·${factor(b)}`);
  return [...parts, ...(bias === undefined ? [] : [factor(bias)])].join(' + ');
}
