// Pixels of the maps, from what the engine sends; no DOM.

export type Colour = [number, number, number];

const mixed = (ground: Colour, ink: Colour, share: number): Colour =>
  ground.map((each, k) => Math.round(each + share * (ink[k] - each))) as Colour;

/** The pixel of every class and of every share from 0 to 255: stronger where the share is larger. */
export function palette(paper: Colour, inks: Colour[]): Uint32Array {
  const found = new Uint8Array(4 * 256 * inks.length);
  inks.forEach((ink, k) => {
    for (let share = 0; share < 256; share++) {
      found.set([...mixed(paper, ink, 0.75 * (share / 255) ** 2), 255], 4 * (256 * k + share));
    }
  });
  return new Uint32Array(found.buffer);
}

/** Pixels of a map, which holds the class and the share of each point. */
export function mapPixels(picture: ArrayLike<number>, colours: Uint32Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(picture.length / 2);
  for (let k = 0; k < pixels.length; k++) pixels[k] = colours[256 * picture[2 * k] + picture[2 * k + 1]];
  return new Uint8ClampedArray(pixels.buffer);
}

/** How often each class (row) was given each answer (column), as a picture in the colour of class 0. */
export function confusion(labels: ArrayLike<number>, answers: ArrayLike<number>, classes: number): number[] {
  const counts = Array<number>(classes * classes).fill(0);
  const totals = Array<number>(classes).fill(0);
  for (let k = 0; k < labels.length; k++) {
    counts[labels[k] * classes + answers[k]] += 1;
    totals[labels[k]] += 1;
  }
  return counts.flatMap((count, k) => [0, Math.round((255 * count) / Math.max(totals[Math.floor(k / classes)], 1))]);
}
