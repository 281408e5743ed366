// The operator's look of the pages: the accent colour as a style sheet, the logo as a file, and both with the title in the
// head of each page. Without settings the pages stay as they are built.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import { contrast } from '../settings/page-settings.ts';
import { type Asset, assetOf } from './assets.ts';
import { escapeMarkup } from './escape-markup.ts';

/** The values of `pages.*`; empty for the pages' own. */
type PageLookSettings = { readonly accent: string; readonly title: string; readonly logo: string };

/** Loaded by every page, and kept in memory. */
const MAX_LOGO_BYTES = 256 * 1024;
const LOGO_TYPES: ReadonlySet<string> = new Set(['.svg', '.png', '.jpg', '.jpeg', '.webp']);
/** WCAG 2.2, success criterion 1.4.3, for text on the panels of web/page/style.css. */
const TEXT_CONTRAST = 4.5;
const DARK_PANEL = '#1b2530';
const LIGHT_PANEL = '#e8edf2';
/** One of the two has a contrast of at least 4.5:1 with any colour. */
const INKS = ['#000000', '#ffffff'] as const;
const HASH_CHARACTERS = 10;
const STEPS = 20;

export class PageLook {
  /** By their name below `assets/`. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Empty for the pages' own. */
  readonly title: string;
  readonly #style: string | undefined;
  readonly #logo: string | undefined;

  /** Throws GatewayError if the logo cannot be used. */
  constructor({ accent, title, logo }: PageLookSettings) {
    const assets = new Map<string, Asset>();
    const add = (stem: string, extension: string, bytes: Buffer): string => {
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, HASH_CHARACTERS);
      const name = `${stem}-${hash}${extension}`;
      assets.set(name, assetOf(name, bytes));
      return name;
    };
    this.assets = assets;
    this.title = title;
    this.#style = accent === '' ? undefined : add('look', '.css', Buffer.from(styleOf(accent)));
    this.#logo = logo === '' ? undefined : add('logo', path.extname(logo).toLowerCase(), readLogo(logo));
  }

  /** The page with the look in its head. `root` leads from the page to the gateway's root: `./` or `../`. */
  applyTo(html: Buffer, root: string): Buffer {
    const metas = [
      this.title === '' ? '' : `<meta name="sluice-title" content="${escapeMarkup(this.title)}" />`,
      this.#logo === undefined ? '' : `<meta name="sluice-logo" content="${root}assets/${this.#logo}" />`,
      this.#style === undefined ? '' : `<link rel="stylesheet" href="${root}assets/${this.#style}" />`,
    ].join('');
    if (metas === '') return html;
    const page = html.toString('utf8').replace('</head>', () => `${metas}</head>`);
    return Buffer.from(
      this.title === ''
        ? page
        : page.replace(/<title>[^<]*<\/title>/, () => `<title>${escapeMarkup(this.title)}</title>`),
    );
  }
}

/** The accent as a surface, the ink on it, and shades that can be read as text on a dark and on a light page. */
export function styleOf(accent: string): string {
  const [first, second] = INKS;
  const ink = contrast(accent, first) >= contrast(accent, second) ? first : second;
  const onDark = readable(accent, DARK_PANEL, '#ffffff');
  const onLight = readable(accent, LIGHT_PANEL, '#000000');
  return `:root{--own-accent:${accent};--own-accent-ink:${ink};--own-accent-text-dark:${onDark};--own-accent-text-light:${onLight}}\n`;
}

/** The nearest mixture of the colour with `end` that has enough contrast on `ground`. */
function readable(colour: string, ground: string, end: string): string {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(colour, end, step / STEPS);
    if (contrast(mixed, ground) >= TEXT_CONTRAST) return mixed;
  }
  return end;
}

function mix(one: string, other: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [one, other].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((a ?? 0) * (1 - share) + (b ?? 0) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

function readLogo(file: string): Buffer {
  const fault = (why: string): GatewayError =>
    new GatewayError('config', 'bad_setting', `pages.logo ${JSON.stringify(file)} cannot be used: ${why}`);
  if (!LOGO_TYPES.has(path.extname(file).toLowerCase()))
    throw fault('it must end with .svg, .png, .jpg, .jpeg or .webp');
  try {
    const { size } = statSync(file);
    if (size > MAX_LOGO_BYTES) throw fault(`it has ${size} bytes, at most ${MAX_LOGO_BYTES} are allowed`);
    return readFileSync(file);
  } catch (error) {
    throw error instanceof GatewayError ? error : fault(fileFault(error));
  }
}
