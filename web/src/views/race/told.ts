// The race in words: for screen readers, and for networks that broke.
import type { Standing } from '../../engine/engine';
import type { Divergence } from '../../engine/divergence';
import type { Look } from '../../engine/look';
import { short } from '../../parts/scale';
import { t } from '../../text.svelte';

const MANY = 0.25; // of a layer: worth a sentence
const POINTS = 240; // of a curve

export const percent = (share: number): string => t('lab.race.percent', { value: Math.round(100 * share) });

/** Loss, and how many rows are right. */
export const scored = ({ loss, score }: Look): string =>
  Number.isNaN(score) ? t('lab.race.loss_is', { loss: short(loss) }) : t('lab.race.score_is', { loss: short(loss), score: percent(score) });

/** Everybody by loss, and whose layers are dead or saturated. */
export function summary({ epoch, looks }: Standing, names: string[]): string {
  const order = looks.map((_, k) => k).filter((k) => !looks[k].broken).sort((a, b) => looks[a].loss - looks[b].loss);
  const ranks = order.map((k) => t('lab.race.rank', { name: names[k], said: scored(looks[k]) }));
  const broken = looks.flatMap((look, k) => (look.broken ? [t('lab.race.broken', { name: names[k] })] : []));
  const troubles = order.flatMap((k) => trouble(looks[k], names[k])).slice(0, 3);
  return [t('lab.race.epoch_is', { epoch }), [...ranks, ...broken, ...troubles].join(t('lab.race.next'))].join(t('lab.race.space'));
}

function trouble({ layers }: Look, name: string): string[] {
  return layers.slice(0, -1).flatMap(({ dead, saturated }, k) => {
    const gaps = { name, layer: k + 1 };
    if (dead > MANY) return [t('lab.race.dead_in', { ...gaps, share: percent(dead) })];
    return saturated > 3 * MANY ? [t('lab.race.saturated_in', { ...gaps, share: percent(saturated) })] : [];
  });
}

/** What happened to a network that broke, and what led there: the sentences of `diagnose`. */
export function explained({ where, step, epoch, layer, losses }: Divergence, rate: number): string {
  const parts = [t(`divergence.${where}`, { step, epoch, layer })];
  if (step === 1 && where !== 'parameters') parts.push(t('divergence.at_once'));
  else {
    if (losses.length > 0) parts.push(t('divergence.losses', { losses: losses.map(short).join(t('lab.race.comma')) }));
    parts.push(t('divergence.advice', { rate: short(rate) }));
  }
  return parts.join(t('lab.race.space'));
}

/** Every so many numbers of a long list, with their places counted from 1, for a plot. */
export function thinned(losses: number[]): { x: number[]; y: number[] } {
  const step = Math.ceil(losses.length / POINTS) || 1;
  const places = Array.from({ length: Math.ceil(losses.length / step) }, (_, k) => k * step);
  if ((losses.length - 1) % step) places.push(losses.length - 1);
  return { x: places.map((k) => k + 1), y: places.map((k) => losses[k]) };
}
