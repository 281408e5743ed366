// The one table of settings: each declared once, with flag, environment variable, file path, default, unit and meaning.

import { GatewayError } from './errors.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';

/** One row of the table. `parse` takes what a flag, the environment, a file or a program gave. */
export type Setting<Value> = {
  readonly defaultValue: Value;
  /** What a value looks like, for messages and the README. */
  readonly form: string;
  readonly meaning: string;
  readonly parse: (raw: unknown) => Value | undefined;
  /** How the default is written. */
  readonly shownDefault: string;
};

const KIB = 1024;
const MIB = 1024 * KIB;
/** Longer is not meant; and timers end at 24.8 days, beyond which they fire at once. */
const MAX_DURATION_MS = 24 * 3_600_000;

export const SETTINGS = {
  'rtmp.port': port(1935, 'Where encoders push. 0 takes any free port.'),
  'rtmp.host': text('', 'Address that RTMP listens on; empty for all.'),
  'rtmp.max-connections': count(1000, 'RTMP connections at the same time, in all.'),
  'rtmp.max-connections-per-address': count(50, 'RTMP connections at the same time from one address.'),
  'rtmp.publish-deadline': duration(5_000, 'From connecting to publishing, at most.'),
  'rtmp.silence': duration(10_000, 'A publisher that sends nothing for this long has ended.'),
  'rtmp.key-frame-wait': duration(
    30_000,
    'Video without a first key frame for this long ends its publisher: nothing could show it.',
  ),
  'rtmp.max-before-key-frame': bytes(64 * MIB, 'Video without a first key frame, at most.'),
  'rtmp.max-bitrate': bitrate(
    'What one publisher may send, averaged over a minute; 0 for any. A minute of media at once is taken at any speed.',
  ),
  'rtmp.max-message': bytes(16 * MIB, 'The longest RTMP message; 4K key frames exceed 1 MiB.'),
  'rtmp.max-chunk-streams': count(32, 'Chunk streams that one connection may open.'),
  'rtmp.max-assembling': bytes(16 * MIB, 'Memory for the unfinished messages of one connection.'),
  'rtmp.max-before-publish': bytes(64 * KIB, 'All that a peer may send before it asks to publish.'),
  'rtmp.max-metadata': bytes(64 * KIB, 'Longer data messages are ignored.'),
  'rtmp.max-amf-depth': count(16, 'Objects and arrays nested in one AMF value.'),
  'rtmp.max-amf-values': count(1024, 'AMF values in one message.'),
  'rtmp.max-amf-text': bytes(64 * KIB, 'Text in the AMF values of one message.'),
  'rtmp.max-unread': bytes(64 * KIB, 'Replies that a peer may leave unread.'),
  'rtmps.port': port(1936, 'Where encoders push over TLS, when there is a certificate.'),
  'tls.certificate': text(
    '',
    'PEM file of the certificate chain; renewed while running when the file changes.',
  ),
  'tls.key': text('', 'PEM file of the private key.'),
  'http.port': port(8080, 'Where browsers watch: pages, HLS, API and WebSocket. 0 takes any free port.'),
  'http.host': text('', 'Address that HTTP listens on; empty for all.'),
  'http.base-path': path(
    '',
    'Path in front of everything, when the gateway is mounted in another server or behind a proxy that keeps it.',
  ),
  'https.port': port(
    8443,
    'Where browsers watch over TLS and HTTP/2, when there is a certificate: the same as over http.port.',
  ),
  'hls.part': duration(
    200,
    'Wanted length of a part; rounded to whole frames. Shorter is less latency and more requests.',
    // One frame at 50 fps is as short as a part can be; beyond a second it is no part but a segment.
    { minMs: 20, maxMs: 1_000 },
  ),
  'hls.segment': duration(
    2_000,
    'A segment ends at the first key frame after this long. TARGETDURATION is twice it.',
    // Media sequence numbers count half seconds over restarts: segments must be longer (see hls-output.ts).
    { minMs: 1_000, maxMs: 30_000 },
  ),
  'hls.window': duration(
    12_000,
    'How much of the past a playlist lists; never below three target durations.',
  ),
  'hls.dvr': duration(
    0,
    'How far viewers can go back, such as 30m; it needs that much hls.max-memory (an hour at 4 Mbit/s is 1.7 GiB).',
    { minMs: 0, maxMs: MAX_DURATION_MS },
  ),
  'hls.max-memory': bytes(
    64 * MIB,
    'Media that one stream keeps in memory; what hls.window and hls.dvr list shrinks when it is reached.',
  ),
  'media.max-memory': bytes(
    0,
    'Media that all streams together keep in memory; a publisher that finds no room is refused. 0 is half of what the machine, the container or the process limit allows.',
    0,
  ),
  'hls.hold-back': factor(4, 'How far behind the live edge low-latency players stay, in parts; at least 3.'),
  'hls.hold': duration(
    7_500,
    'How long a request may wait for media that does not come; players give up at 10 s.',
    { minMs: 1, maxMs: 9_000 },
  ),
  'stream.grace': duration(15_000, 'How long the place of a lost publisher is held for its return.'),
  'stream.takeover': choice<'silent' | 'newest'>(
    'silent',
    ['silent', 'newest'],
    'When a second publisher may take a name: if the first has been silent for two seconds, or always.',
  ),
  'stream.max-streams': count(1000, 'Streams that are known at once; ended ones make room.'),
  'log.level': choice<LogLevel>('info', LOG_LEVELS, 'How much is told on standard error.'),
} as const;

export type SettingPath = keyof typeof SETTINGS;

/** The value of every setting. Durations are milliseconds, sizes bytes. */
export type Settings = {
  readonly [Path in SettingPath]: (typeof SETTINGS)[Path] extends Setting<infer Value> ? Value : never;
};

/** Settings in sections, as in the settings file: `{ rtmp: { port: 0, maxMessage: '4MiB' }, hls: { part: 200 } }`. */
export type GatewaySettings = {
  readonly [Section in SectionOf<keyof Settings>]?: {
    readonly [Key in KeyIn<Section> as Key | Camel<Key>]?:
      | Settings[`${Section}.${Key}` & keyof Settings]
      | string;
  };
};
type Camel<Key extends string> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;
type SectionOf<Path extends string> = Path extends `${infer Section}.${string}` ? Section : never;
type KeyIn<Section extends string> = keyof Settings extends infer Path
  ? Path extends `${Section}.${infer Key}`
    ? Key
    : never
  : never;

export function isSettingPath(path: string): path is SettingPath {
  return Object.hasOwn(SETTINGS, path);
}

/** `rtmp.max-message` → `--rtmp-max-message`. */
export function flagOf(path: string): string {
  return `--${path.replaceAll('.', '-')}`;
}

/** `rtmp.max-message` → `SLUICE_RTMP_MAX_MESSAGE`. */
export function environmentNameOf(path: string): string {
  return `SLUICE_${path.replaceAll(/[.-]/g, '_').toUpperCase()}`;
}

/** Throws GatewayError that names the value, where it came from, and what is allowed. */
export function parseSetting(path: SettingPath, raw: unknown, origin: string): Settings[SettingPath] {
  const setting: Setting<Settings[SettingPath]> = SETTINGS[path];
  const value = setting.parse(raw);
  if (value !== undefined) return value;
  throw new GatewayError(
    'config',
    'bad_setting',
    `${origin}: ${JSON.stringify(raw)} is not a ${path}; it is ${setting.form}`,
  );
}

function port(defaultValue: number, meaning: string): Setting<number> {
  return {
    defaultValue,
    form: 'a port from 0 to 65535',
    meaning,
    parse: (raw) => wholeNumber(raw, 65_535),
    shownDefault: String(defaultValue),
  };
}

function count(defaultValue: number, meaning: string): Setting<number> {
  return {
    defaultValue,
    form: 'a whole number from 1',
    meaning,
    parse: (raw) => positive(wholeNumber(raw, 1_000_000)),
    shownDefault: String(defaultValue),
  };
}

function factor(defaultValue: number, meaning: string): Setting<number> {
  const parse = (raw: unknown): number | undefined => {
    const value = Number(raw);
    return (typeof raw === 'number' || typeof raw === 'string') && value >= 3 && value <= 100
      ? value
      : undefined;
  };
  return { defaultValue, form: 'a number from 3 to 100', meaning, parse, shownDefault: String(defaultValue) };
}

function text(defaultValue: string, meaning: string): Setting<string> {
  return {
    defaultValue,
    form: 'a text',
    meaning,
    parse: (raw) => (typeof raw === 'string' ? raw : undefined),
    shownDefault: defaultValue === '' ? '(empty)' : defaultValue,
  };
}

/** A mount prefix: begins with a slash and does not end with one. */
function path(defaultValue: string, meaning: string): Setting<string> {
  const shape = /^(?:\/[A-Za-z0-9._~-]+)*$/;
  return {
    ...text(defaultValue, meaning),
    form: 'a path such as /tv, or empty',
    parse: (raw) => (typeof raw === 'string' && shape.test(raw) ? raw : undefined),
  };
}

function choice<Value extends string>(
  defaultValue: Value,
  values: readonly Value[],
  meaning: string,
): Setting<Value> {
  return {
    defaultValue,
    form: `one of ${values.join(', ')}`,
    meaning,
    parse: (raw) => values.find((value) => value === raw),
    shownDefault: defaultValue,
  };
}

/** `200ms`, `2s`, `1.5s`, `1m`; a bare number is milliseconds. */
function duration(
  defaultMs: number,
  meaning: string,
  bounds: { readonly minMs: number; readonly maxMs: number } = { minMs: 1, maxMs: MAX_DURATION_MS },
): Setting<number> {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const { minMs, maxMs } = bounds;
  return {
    defaultValue: defaultMs,
    form: `a duration such as 200ms, 2s or 1m, from ${shownDuration(minMs)} to ${shownDuration(maxMs)}`,
    meaning,
    parse: (raw) => within(withUnit(raw, /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/, units), minMs, maxMs),
    shownDefault: shownDuration(defaultMs),
  };
}

function shownDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** `64MiB`, `512KiB`; a bare number is bytes. */
function bytes(defaultBytes: number, meaning: string, leastBytes = 1): Setting<number> {
  const units = { KiB: 1024, MiB: MIB, GiB: 1024 * MIB };
  return {
    defaultValue: defaultBytes,
    form: 'a size such as 512KiB or 64MiB',
    meaning,
    parse: (raw) =>
      within(withUnit(raw, /^(\d+(?:\.\d+)?)(KiB|MiB|GiB)?$/, units), leastBytes, Number.MAX_SAFE_INTEGER),
    shownDefault: defaultBytes % MIB === 0 ? `${defaultBytes / MIB}MiB` : `${defaultBytes / KIB}KiB`,
  };
}

/** `6Mbit`, `800kbit`; a bare number is bits per second. None by default. */
function bitrate(meaning: string): Setting<number> {
  const units = { kbit: 1_000, Mbit: 1_000_000, Gbit: 1_000_000_000 };
  return {
    defaultValue: 0,
    form: 'bits per second such as 800kbit or 20Mbit, or 0 for any',
    meaning,
    parse: (raw) => withUnit(raw, /^(\d+(?:\.\d+)?)(kbit|Mbit|Gbit)?$/, units),
    shownDefault: '0',
  };
}

function withUnit(
  raw: unknown,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const match = pattern.exec(
    typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '',
  );
  return match === null ? undefined : Math.round(Number(match[1]) * (units[match[2] ?? ''] ?? 1));
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function wholeNumber(raw: unknown, max: number): number | undefined {
  const value = typeof raw === 'string' && /^\d{1,7}$/.test(raw.trim()) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? value
    : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}
