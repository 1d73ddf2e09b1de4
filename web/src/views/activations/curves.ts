// f, f' and f'' as points to draw.
import type { Evaluate } from '../depth/field';

export interface Drawn {
  x: number[];
  value: number[];
  slope: number[];
  bend: number[];
}

export const REACH = 6; // curves are drawn from -REACH to REACH
const POINTS = 480;

/** From `low` to `high`. Lines are broken where f (`jumps`) or f' (`kinks`, which hold both) jumps. */
export function drawn(f: Evaluate, low: number, high: number, kinks: number[], jumps: number[]): Drawn {
  const step = (high - low) / POINTS, h = step / 4;
  const x = Array.from({ length: POINTS + 1 }, (_, k) => low + k * step);
  const found = f(Float32Array.from(x)), bend = bends(f, x, h, kinks);
  const value = Array.from(found.value), slope = Array.from(found.slope);
  for (const kink of kinks.filter((each) => low < each && each < high).sort((a, b) => b - a)) {
    const at = x.findIndex((each) => each > kink);
    x.splice(at, 0, kink);
    value.splice(at, 0, jumps.includes(kink) ? NaN : f(Float32Array.of(kink)).value[0]);
    slope.splice(at, 0, NaN);
    bend.splice(at, 0, NaN);
  }
  return { x, value, slope, bend };
}

/** From f' on either side; missing where a kink lies between. */
function bends(f: Evaluate, x: number[], h: number, kinks: number[]): number[] {
  const after = f(Float32Array.from(x, (each) => each + h)).slope;
  const before = f(Float32Array.from(x, (each) => each - h)).slope;
  return x.map((each, k) =>
    kinks.some((kink) => Math.abs(kink - each) <= h) ? NaN : (after[k] - before[k]) / (2 * h));
}

/** Where a pointer puts x: on the curve, to two digits. */
export const placed = (x: number): number => Number(Math.min(Math.max(x, -REACH), REACH).toFixed(2));

/** f, f' and f'' at one place. */
export function at(f: Evaluate, x: number, kinks: number[]): { value: number; slope: number; bend: number } {
  const found = f(Float32Array.of(x)), [bend] = bends(f, [x], 0.005, kinks);
  return { value: found.value[0], slope: found.slope[0], bend };
}

/** The middle part of what a curve reaches: functions that grow fast must not flatten the rest. */
export function heights(rows: ArrayLike<number>[], most = 4.5): [number, number] {
  const all = rows.flatMap((row) => Array.from(row)).filter(Number.isFinite);
  const low = Math.max(Math.min(0, ...all), -most), high = Math.min(Math.max(0, ...all), most);
  const room = 0.06 * Math.max(high - low, 0.5);
  return [low - room, high + room];
}
