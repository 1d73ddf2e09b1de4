// Pixels of the maps, from what the engine sends; no DOM.

export type Colour = [number, number, number];

const mixed = (ground: Colour, ink: Colour, share: number): Colour =>
  ground.map((each, k) => Math.round(each + share * (ink[k] - each))) as Colour;

/** Pixels of a map: the colour of each point's class, stronger where its share is larger. */
export function mapPixels(picture: ArrayLike<number>, paper: Colour, inks: Colour[]): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(2 * picture.length);
  for (let k = 0; k < picture.length / 2; k++) {
    pixels.set(mixed(paper, inks[picture[2 * k]], 0.75 * (picture[2 * k + 1] / 255) ** 2), 4 * k);
    pixels[4 * k + 3] = 255;
  }
  return pixels;
}

/** How often each class (row) was given each answer (column), as a share of its row. */
export function confusion(labels: ArrayLike<number>, answers: ArrayLike<number>, classes: number): number[] {
  const counts = Array<number>(classes * classes).fill(0);
  const totals = Array<number>(classes).fill(0);
  for (let k = 0; k < labels.length; k++) {
    counts[labels[k] * classes + answers[k]] += 1;
    totals[labels[k]] += 1;
  }
  return counts.map((count, k) => count / Math.max(totals[Math.floor(k / classes)], 1));
}

export function tablePixels(shares: number[], paper: Colour, ink: Colour): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * shares.length);
  shares.forEach((share, k) => pixels.set([...mixed(paper, ink, share), 255], 4 * k));
  return pixels;
}
