// The look that a page's address asks for: theme, accent colour, language. Set through the CSSOM, because the
// Content-Security-Policy refuses style attributes.
import { isReadableOnLight } from './accent-colour.ts';
import { setData } from './element.ts';
import type { QueryOptions, Theme } from './query-options.ts';

const SCHEME = /prefers-color-scheme:\s*(light|dark)/;

/** Call this once, before anything is shown. */
export function showLook({ theme, accent }: Pick<QueryOptions, 'theme' | 'accent'>): void {
  const page = document.documentElement;
  setData(page, 'theme', theme === 'auto' ? undefined : theme);
  if (theme !== 'auto') overrideScheme(theme);
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

/** Makes the rules for one colour scheme hold always, and those for the other never. */
function overrideScheme(theme: Exclude<Theme, 'auto'>): void {
  document.documentElement.style.colorScheme = theme;
  for (const sheet of document.styleSheets) {
    for (const rule of rulesOf(sheet)) {
      const scheme = rule instanceof CSSMediaRule ? SCHEME.exec(rule.conditionText)?.[1] : undefined;
      if (scheme !== undefined) (rule as CSSMediaRule).media.mediaText = scheme === theme ? 'all' : 'not all';
    }
  }
}

function rulesOf(sheet: CSSStyleSheet): Iterable<CSSRule> {
  try {
    return sheet.cssRules;
  } catch {
    return []; // of another origin, such as an extension's
  }
}
