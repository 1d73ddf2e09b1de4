// Where numbers stand on a plot; no DOM, so that tests can ask.

export type Numbers = ArrayLike<number>;
export type Limits = readonly [number, number];

/** A number with so many digits, as `nonlin forward` prints it; a true minus, no sign on zero. */
export function shown(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const rounded = Number(value.toPrecision(digits)), size = Math.abs(rounded);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5)
    ? rounded.toExponential().replace('e+', 'e') : String(rounded === 0 ? 0 : rounded);
  return text.replaceAll('-', '−');
}

/** Where there is little room. */
export const short = (value: number): string => shown(value, 3);

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A power of ten, as it is written on an axis. */
export function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(exponent) < 4 || Math.abs(value / 10 ** exponent - 1) > 1e-9) return short(value);
  return `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => RAISED[Number(digit)]).join('')}`;
}

/** About how wide a text is, in letters: those of Chinese are twice as wide. */
export const letters = (text: string): number => [...text].reduce((sum, each) => sum + (each > '\u2e7f' ? 2 : 1), 0);

/** From numbers to pixels and back, also by powers of ten. */
export class Scale {
  readonly limits: Limits;
  readonly pixels: Limits;
  readonly log: boolean;
  private readonly from: number; // the lower limit, or its logarithm
  private readonly density: number; // pixels to one unit of that

  constructor(limits: Limits, pixels: Limits, log = false) {
    const [low, high] = limits;
    this.limits = high > low ? limits : [low - 0.5, low + 0.5];
    this.pixels = pixels;
    this.log = log;
    this.from = this.straight(this.limits[0]);
    this.density = (pixels[1] - pixels[0]) / (this.straight(this.limits[1]) - this.from);
  }

  at(value: number): number {
    return this.pixels[0] + (this.straight(value) - this.from) * this.density;
  }

  value(pixel: number): number {
    const straight = this.from + (pixel - this.pixels[0]) / this.density;
    return this.log ? 10 ** straight : straight;
  }

  private straight(value: number): number {
    return this.log ? Math.log10(Math.max(value, 1e-30)) : value;
  }

  /** Round numbers inside the limits, about `wanted` of them. */
  ticks(wanted: number): number[] {
    const [low, high] = this.limits;
    const powers = this.log ? decades(low, high, wanted) : [];
    if (powers.length > 2) return powers;
    const raw = (high - low) / wanted;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 5].find((each) => each * power >= 0.8 * raw) ?? 10);
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first;
    return Array.from({ length: count + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
  }
}

function decades(low: number, high: number, wanted: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const step = Math.max(1, Math.ceil((last - first) / wanted));
  const powers = Array.from({ length: last - first + 1 }, (_, k) => 10 ** (first + k));
  const inside = (ticks: number[]) => ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  const finer = [powers.filter((_, k) => k % step === 0), powers, powers.flatMap((each) => [each, 2 * each, 5 * each])].map(inside);
  return finer.find((ticks) => ticks.length > 2) ?? finer[2];
}

/** The `d` of an SVG path; it breaks where a number is missing or infinite. */
export function path(x: Numbers, y: Numbers, across: Scale, up: Scale): string {
  let text = '';
  let pen = false;
  for (let k = 0; k < x.length; k++) {
    const drawn = Number.isFinite(y[k]);
    if (drawn) text += `${pen ? 'L' : 'M'}${across.at(x[k]).toFixed(1)} ${far(up.at(y[k])).toFixed(1)}`;
    pen = drawn;
  }
  return text;
}

/** Pixels far outside confuse renderers. */
const far = (pixel: number): number => Math.min(Math.max(pixel, -2000), 4000);

/** The plane in cells, as an SVG path for each level that cells have in their middle. */
export function areas(across: Scale, up: Scale, [columns, rows]: Limits, level: (x: number, y: number) => number): [number, string][] {
  const [left, right] = across.pixels, [bottom, top] = up.pixels;
  const width = (right - left) / columns, height = (bottom - top) / rows;
  const found: Record<number, string> = {};
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < rows; j++) {
      const x = left + i * width, y = top + j * height;
      const here = level(across.value(x + width / 2), up.value(y + height / 2));
      found[here] = `${found[here] ?? ''}M${x.toFixed(2)} ${y.toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h${(-width).toFixed(2)}z`;
    }
  return Object.entries(found).map(([here, path]) => [Number(here), path]);
}

/** Places as near to `wanted` as labels of height `gap` can stand, in the same order. */
export function apart(wanted: number[], gap: number, limits: Limits): number[] {
  const order = wanted.map((_, k) => k).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  let least = limits[0];
  for (const k of order) least = (places[k] = Math.max(places[k], least)) + gap;
  let most = limits[1];
  for (const k of order.reverse()) most = (places[k] = Math.min(places[k], most)) - gap;
  return places;
}

/** The limits of all finite numbers, widened a little. */
export function limitsOf(rows: Numbers[]): Limits {
  const all = rows.flatMap((row) => Array.from(row)).filter(Number.isFinite);
  const low = Math.min(...all), high = Math.max(...all), room = 0.04 * (high - low);
  return low <= high ? [low - room, high + room] : [0, 1];
}
