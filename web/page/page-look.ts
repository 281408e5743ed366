// The look that a page's address asks for: theme, accent colour, language. Set through the CSSOM, because the
// Content-Security-Policy refuses style attributes.
import { isReadableOnLight } from './accent-colour.ts';
import { setData } from './element.ts';
import type { QueryOptions } from './query-options.ts';

/** Call this once, before anything is shown. */
export function showLook({ theme, accent }: Pick<QueryOptions, 'theme' | 'accent'>): void {
  const page = document.documentElement;
  setData(page, 'theme', theme === 'auto' ? undefined : theme);
  if (accent === undefined) return;
  setData(page, 'accent', '');
  const { style } = page;
  style.setProperty('--accent', accent.accent);
  style.setProperty('--accent-ink', accent.ink);
  style.setProperty('--own-accent', accent.accent);
  style.setProperty('--own-accent-ink', accent.ink);
  style.setProperty('--own-accent-text-dark', accent.accent);
  if (isReadableOnLight(accent.accent)) style.setProperty('--own-accent-text-light', accent.accent);
}
