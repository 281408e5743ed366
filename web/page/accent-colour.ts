// The accent colour of a page's address, as `?accent=ff8800`. A colour that cannot be seen on the player is refused (WCAG 2.2,
// success criterion 1.4.11).

/** Least contrast of a control to its ground. */
const MIN_CONTRAST = 3;
/** The player's ground, in style.css. */
const GROUND = '#0b0f14';
const LIGHT_GROUND = '#ffffff';
const INKS = ['#000000', '#ffffff'] as const;
const HEX = /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

export type AccentColour = {
  /** `#rrggbb` */
  readonly accent: string;
  /** For text on it: black or white. */
  readonly ink: string;
};

/** The colour, or undefined if it is none or has too little contrast to the dark player. */
export function parseAccent(text: string): AccentColour | undefined {
  if (!HEX.test(text)) return undefined;
  const digits = text.replace('#', '').toLowerCase();
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const accent = `#${full}`;
  if (contrast(accent, GROUND) < MIN_CONTRAST) return undefined;
  const [black, white] = INKS;
  return { accent, ink: contrast(accent, black) >= contrast(accent, white) ? black : white };
}

/** Whether text in this colour can be read on a light page (4.5:1, success criterion 1.4.3). */
export function isReadableOnLight(colour: string): boolean {
  return contrast(colour, LIGHT_GROUND) >= 4.5;
}

/** The contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(first: string, second: string): number {
  const [darker = 0, lighter = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
