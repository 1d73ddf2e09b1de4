/** What the phase plane shows: σw and σb from 0. */
export const LIMITS = { weights: 4, biases: 2 };
export const LAYERS = 50;
