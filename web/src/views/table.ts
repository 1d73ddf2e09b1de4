// f and f' between the places of a table that Python has worked out (nonlin/lab/typed.py).
import type { Evaluate } from './depth/field';

/** By Hermite's cubics, from rows x, f, f' and f'' in base64; NaN outside of the table. */
export function evaluatorOfTable(text: string): Evaluate {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const size = bytes.byteLength / 32;
  const [x, f, slope, bend] = [0, 1, 2, 3].map((row) => new Float64Array(bytes, 8 * size * row, size));
  return (places) => ({
    value: Float32Array.from(places, (place) => between(x, f, slope, place)),
    slope: Float32Array.from(places, (place) => between(x, slope, bend, place)),
  });
}

function between(x: Float64Array, y: Float64Array, slope: Float64Array, place: number): number {
  const k = before(x, place);
  if (x[k] === place) return y[k];
  if (!(x[k] < place) || k + 1 === x.length) return NaN;
  const width = x[k + 1] - x[k], t = (place - x[k]) / width, s = 1 - t;
  const curved = s * s * (1 + 2 * t) * y[k] + t * t * (1 + 2 * s) * y[k + 1]
    + width * s * t * (s * slope[k] - t * slope[k + 1]);
  return Number.isFinite(curved) ? curved : s * y[k] + t * y[k + 1]; // beside an infinite slope
}

/** The last place of the table that is not behind this one; 0 where there is none. */
function before(x: Float64Array, place: number): number {
  let [low, high] = [0, x.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= place) low = middle;
    else high = middle;
  }
  return low;
}
