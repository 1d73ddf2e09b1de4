/** A number with so many digits, as `nonlin forward` prints it; a true minus, no sign on zero. */
export function shown(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const short = Number(value.toPrecision(digits)), size = Math.abs(short);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5)
    ? short.toExponential().replace('e+', 'e') : String(short === 0 ? 0 : short);
  return text.replaceAll('-', '−');
}

/** The same as a factor: negative numbers in brackets. */
export const factor = (value: number): string => (value < 0 ? `(${shown(value)})` : shown(value));

/** w·x + w·x + b, written out. */
export function products(pairs: [number, number][], bias?: number): string {
  const parts = pairs.map(([a, b]) => `${factor(a)}·${factor(b)}`);
  return [...parts, ...(bias === undefined ? [] : [factor(bias)])].join(' + ');
}
