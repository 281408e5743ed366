// The colours of the style sheets for what is drawn on canvases. They change with the colour scheme, so drawings ask for them
// each time.
import type { ThemeColor } from './theme-color.ts';

const cache = new Map<ThemeColor, string>();
const listeners = new Set<() => void>();

for (const query of [
  '(prefers-color-scheme: light)',
  '(forced-colors: active)',
  '(prefers-contrast: more)',
]) {
  window.matchMedia(query).addEventListener('change', () => {
    cache.clear();
    for (const listener of listeners) listener();
  });
}

/** The colour now. */
export function themeColor(name: ThemeColor): string {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  cache.set(name, value);
  return value;
}

/** Calls back when the colours have changed; returns what ends that. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
