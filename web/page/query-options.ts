// The player options in a page's query: `?autoplay=1&muted=0&accent=ff8800`. The case of names is ignored, unknown names are
// ignored, and an invalid value keeps the default. docs/embed.md lists them for readers.

import { type AccentColour, parseAccent } from './accent-colour.ts';

export type QueriedPage = 'watch' | 'embed';

export type Theme = 'auto' | 'dark' | 'light';
/** `max`: as far behind live as an unsteady line needs. */
export type LatencyWish = 'low' | 'normal' | 'max';

export type QueryOptions = {
  /** Start as soon as the stream is live. */
  readonly autoplay: boolean;
  /** Start without sound. */
  readonly muted: boolean;
  /** Show the control bar. */
  readonly controls: boolean;
  /** Single-key shortcuts. */
  readonly keyboard: boolean;
  /** Play inside the page on phones; false for full screen. */
  readonly playsInline: boolean;
  /** The button for picture in picture. */
  readonly pip: boolean;
  /** The seek bar of a stream with a past. */
  readonly dvr: boolean;
  /** Open the numbers of playback at the start. */
  readonly stats: boolean;
  /** The product's mark in an embed. */
  readonly branding: boolean;
  /** Methods and events for the page around an embed. */
  readonly api: boolean;
  /** The line at the top of an embed: false for none, a text, or true for the name of the stream. */
  readonly title: boolean | string;
  readonly theme: Theme;
  readonly fit: 'contain' | 'cover';
  /** Address of a picture on this gateway, shown before playback. */
  readonly poster?: string;
  readonly accent?: AccentColour;
  /** Language of the texts, as BCP 47 has it. */
  readonly lang?: string;
  /** Captions at the start: true for the first track, or the name of a track. */
  readonly captions?: boolean | string;
  /** Such as `720` or `720p`; undefined for automatic. */
  readonly quality?: number;
  readonly latency?: LatencyWish;
  /** Start so many seconds behind live, in a stream with a past. */
  readonly startBehindS?: number;
  /** The only origin that may use the methods of an embed. */
  readonly origin?: string;
};

const ON = new Set(['', '1', 'true', 'yes', 'on']);
const OFF = new Set(['0', 'false', 'no', 'off']);
/** A longer title would cover the picture. */
const MAX_TITLE = 100;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i;
const LATENCIES: Readonly<Record<string, LatencyWish>> = {
  low: 'low',
  normal: 'normal',
  balanced: 'normal',
  max: 'max',
  stable: 'max',
};

/**
 * The options of `page` from its query string. The watch page starts by itself, with sound if the browser allows it. An
 * embed waits for a click. An embed with autoplay is muted unless `muted=0`.
 */
export function parseQueryOptions(page: QueriedPage, search: string): QueryOptions {
  const given = givenValues(search);
  const flag = (name: string, ifAbsent: boolean): boolean => parseFlag(given.get(name)) ?? ifAbsent;
  const autoplay = flag('autoplay', page === 'watch');
  const chosen = (name: string): string => given.get(name)?.trim().toLowerCase() ?? '';
  const theme = chosen('theme');
  return {
    autoplay,
    muted: flag('muted', page === 'embed' && autoplay),
    controls: flag('controls', true),
    keyboard: flag('keyboard', true),
    playsInline: flag('playsinline', true),
    pip: flag('pip', true),
    dvr: flag('dvr', true),
    stats: flag('stats', false),
    branding: flag('branding', true),
    api: flag('api', true),
    title: flagOrText(given.get('title'), MAX_TITLE) ?? true,
    theme: theme === 'dark' || theme === 'light' ? theme : 'auto',
    fit: chosen('fit') === 'cover' ? 'cover' : 'contain',
    ...present({
      poster: given.get('poster')?.trim() || undefined,
      accent: parseAccent(chosen('accent')),
      lang: LANGUAGE.test(chosen('lang')) ? given.get('lang')?.trim() : undefined,
      captions: flagOrText(given.get('captions'), MAX_TITLE),
      quality: qualityOf(chosen('quality')),
      latency: Object.hasOwn(LATENCIES, chosen('latency')) ? LATENCIES[chosen('latency')] : undefined,
      startBehindS: behindOf(chosen('t')),
      origin: originOf(given.get('origin')),
    }),
  };
}

/** The first value of each name. */
function givenValues(search: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(search)) {
    const name = key.toLowerCase();
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

function parseFlag(value: string | undefined): boolean | undefined {
  const word = value?.trim().toLowerCase();
  if (word === undefined) return undefined;
  if (ON.has(word)) return true;
  return OFF.has(word) ? false : undefined;
}

function flagOrText(value: string | undefined, maxCharacters: number): boolean | string | undefined {
  return parseFlag(value) ?? value?.trim().slice(0, maxCharacters);
}

function qualityOf(value: string): number | undefined {
  const height = /^(\d{2,4})p?$/.exec(value)?.[1];
  return height === undefined ? undefined : Number(height);
}

/** `-30`, `-30s` or `-2m`: only a time behind live has a meaning. */
function behindOf(value: string): number | undefined {
  const [, digits, unit] = /^-(\d{1,5})(s|m|h)?$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}

/** An origin as messages have it. Anything else would never match. */
function originOf(value: string | undefined): string | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  const { origin } = new URL(value);
  return origin === 'null' ? undefined : origin;
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>;
}
