// The settings of the look of the pages (`pages.*`): accent colour, title and logo.

import { text } from './kinds.ts';
import { type Setting, textual } from './setting.ts';

/** The ground of the player, which is dark in every colour scheme (web/page/style.css). */
const PLAYER_GROUND = '#0b0f14';
/** WCAG 2.2, success criterion 1.4.11: what a viewer must see of a control. */
const LEAST_CONTRAST = 3;
const MAX_TITLE = 60;

/** WCAG 2.2, "contrast ratio" of two colours of the form #rrggbb: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** `4fd1c5`, `#4FD1C5` and `#4dc` become `#4fd1c5` and `#44ddcc`. In YAML a bare # begins a comment. */
function sixDigits(given: string): string {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(given.trim())?.[1]?.toLowerCase();
  if (digits === undefined) return given;
  return `#${digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits}`;
}

function accent(meaning: string): Setting<string> {
  const form = 'a colour such as 4fd1c5, six hexadecimal digits, or empty';
  const faultOf = (given: string): string | undefined => {
    if (given === '') return undefined;
    const colour = sixDigits(given);
    if (!/^#[0-9a-f]{6}$/.test(colour)) return `it must be ${form}`;
    const ratio = contrast(colour, PLAYER_GROUND);
    return ratio < LEAST_CONTRAST
      ? `its contrast with the dark player is ${ratio.toFixed(1)}:1, and viewers need ${LEAST_CONTRAST}:1 to see controls (WCAG 1.4.11); choose a lighter colour`
      : undefined;
  };
  return textual({ defaultValue: '', form, meaning, normalize: sixDigits, faultOf });
}

function title(meaning: string): Setting<string> {
  const form = `1 to ${MAX_TITLE} characters without line breaks, or empty`;
  const faultOf = (given: string) =>
    given.length <= MAX_TITLE && !/\p{Cc}/u.test(given) ? undefined : `it must be ${form}`;
  return textual({ defaultValue: '', form, meaning, faultOf });
}

export const PAGE_SETTINGS = {
  'pages.accent': accent(
    'Colour of buttons and links on all pages. Shades for text in light and dark are made from it.',
  ),
  'pages.title': title('Name at the top of all pages, instead of Sluice.'),
  'pages.logo': text(
    '',
    'Picture at the top of all pages: an SVG, PNG, JPEG or WebP file of at most 256 KiB.',
    'the path of a file, or empty',
  ),
} as const;
