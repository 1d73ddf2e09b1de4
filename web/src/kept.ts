// What a reader's browser keeps between visits; without storage everything works for one visit.

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`nonlin.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`nonlin.${name}`, value);
  } catch {
    // private windows and some file:// pages have no storage
  }
}
