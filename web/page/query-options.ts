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
  /** False: without sound, and without a button for it, as for a moving background. */
  readonly sound: boolean;
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
const MAX_TEXT = 100;
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i;
const THEMES: Readonly<Record<string, Theme>> = { auto: 'auto', dark: 'dark', light: 'light' };
const FITS: Readonly<Record<string, 'contain' | 'cover'>> = { contain: 'contain', cover: 'cover' };
const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };
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
  /** The first value with a meaning, if a name is repeated. */
  const first = <Value>(name: string, parse: (value: string) => Value | undefined): Value | undefined => {
    for (const value of given.get(name) ?? []) {
      const meaning = parse(value.trim());
      if (meaning !== undefined) return meaning;
    }
    return undefined;
  };
  const flag = (name: string, ifAbsent: boolean): boolean => first(name, parseFlag) ?? ifAbsent;
  const autoplay = flag('autoplay', page === 'watch');
  const sound = flag('sound', true);
  return {
    autoplay,
    muted: !sound || flag('muted', page === 'embed' && autoplay),
    sound,
    controls: flag('controls', true),
    keyboard: flag('keyboard', true),
    playsInline: flag('playsinline', true),
    pip: flag('pip', true),
    dvr: flag('dvr', true),
    stats: flag('stats', false),
    branding: flag('branding', true),
    api: flag('api', true),
    title: first('title', flagOrText) ?? true,
    theme: first('theme', (value) => choiceOf(value, THEMES)) ?? 'auto',
    fit: first('fit', (value) => choiceOf(value, FITS)) ?? 'contain',
    ...present({
      poster: first('poster', (value) => value || undefined),
      accent: first('accent', parseAccent),
      lang: first('lang', (value) => (LANGUAGE.test(value) ? value : undefined)),
      captions: first('captions', flagOrText),
      quality: first('quality', qualityOf),
      latency: first('latency', (value) => choiceOf(value, LATENCIES)),
      startBehindS: first('t', behindOf),
      origin: first('origin', originOf),
    }),
  };
}

/** The values of each name, whose case is ignored. */
function givenValues(search: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(search)) {
    const name = key.toLowerCase();
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

function parseFlag(value: string): boolean | undefined {
  const word = value.toLowerCase();
  if (ON.has(word)) return true;
  return OFF.has(word) ? false : undefined;
}

function flagOrText(value: string): boolean | string {
  return parseFlag(value) ?? value.slice(0, MAX_TEXT);
}

function choiceOf<Value>(value: string, choices: Readonly<Record<string, Value>>): Value | undefined {
  const word = value.toLowerCase();
  return Object.hasOwn(choices, word) ? choices[word] : undefined;
}

function qualityOf(value: string): number | undefined {
  const height = /^(\d{2,4})p?$/i.exec(value)?.[1];
  return height === undefined ? undefined : Number(height);
}

/** `-30`, `-30s` or `-2m`: only a time behind live has a meaning. */
function behindOf(value: string): number | undefined {
  const [, digits, unit] = /^-(\d{1,5})(s|m|h)?$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (UNIT_S[unit?.toLowerCase() ?? 's'] ?? 1);
}

/** An origin as messages have it. Anything else would never match. */
function originOf(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined;
  const { origin } = new URL(value);
  return origin === 'null' ? undefined : origin;
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>;
}
