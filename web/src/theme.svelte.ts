// Light, dark, or what the system says. Colours are CSS variables with light-dark().
import { keep, kept } from './kept';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const chosen = $state({ theme: 'auto' as Theme, changes: 0 });

export const theme = (): Theme => chosen.theme;

export function setTheme(wanted: Theme): void {
  chosen.theme = wanted;
  chosen.changes += 1;
  document.documentElement.dataset.theme = wanted;
  keep('theme', wanted);
}

export function startTheme(): void {
  setTheme(THEMES.find((each) => each === kept('theme')) ?? 'auto');
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (chosen.changes += 1));
}

/** A colour of the page as [red, green, blue], for canvases; changes with the theme. */
export function colour(name: string): [number, number, number] {
  void chosen.changes; // whoever draws with it draws again
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g)!.map(Number);
  probe.remove();
  return [parts[0], parts[1], parts[2]];
}
