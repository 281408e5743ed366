// The one table of settings: each is declared once, with its default, its meaning and its bounds.

import { LOG_LEVELS, type LogLevel } from '../log.ts';
import { networks } from './collections.ts';
import { choice, count, factor, host, origins, path, port, publicUrl, text } from './kinds.ts';
import { bitrate, bytes, duration } from './measures.ts';
import { type KeyRecord, publishKeys } from './publish-key.ts';
import type { Setting } from './setting.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

export const SETTINGS = {
  'rtmp.port': port(1935, 'Where encoders push. 0 takes any free port.'),
  'rtmp.host': host('', 'Address that RTMP listens on; empty for all.'),
  'rtmp.public-url': publicUrl(
    ['rtmp:', 'rtmps:'],
    'rtmp://ingest.example.org/live',
    'The address that encoders are told to push to, where it is not the one this machine knows of itself.',
  ),
  'rtmp.max-connections': count(1000, 'RTMP connections at the same time, in all.'),
  'rtmp.max-connections-per-address': count(
    50,
    'RTMP connections at the same time from one address (in IPv6, from one /64).',
  ),
  'rtmp.max-publishes-per-minute': count(
    30,
    'Publish requests within a minute on one connection; it may publish as often as it likes, one after the other.',
  ),
  'rtmp.trusted-networks': networks(
    [],
    'Networks that may publish like private ones, such as 100.64.0.0/10 for a Tailscale network.',
  ),
  'rtmp.publish-deadline': duration(5_000, 'From connecting to publishing, at most.', {
    minMs: 100,
    maxMs: HOUR_MS,
    why: 'publishing takes seven round trips',
  }),
  'rtmp.silence': duration(10_000, 'A publisher that sends nothing for this long has ended.', {
    minMs: 200,
    maxMs: HOUR_MS,
    why: 'encoders pause for some frames in normal operation',
  }),
  'rtmp.media-wait': duration(
    30_000,
    'A publisher that sends no picture and no sound for this long, whatever else it sends, has ended.',
    { minMs: 200, maxMs: HOUR_MS, why: 'encoders pause for some frames in normal operation' },
  ),
  'rtmp.key-frame-wait': duration(
    30_000,
    'Video without a first key frame for this long ends its publisher: nothing could show it.',
    { minMs: 100, maxMs: HOUR_MS, why: 'encoders may begin some frames before a key frame' },
  ),
  'rtmp.max-before-key-frame': bytes(64 * MIB, 'Video without a first key frame, at most.', {
    least: 64 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'a single frame can take that much',
  }),
  'rtmp.max-bitrate': bitrate(
    0,
    'What one publisher may send, averaged over a minute; 0 for any. A minute of media at once is taken at any speed.',
  ),
  'rtmp.max-message': bytes(16 * MIB, 'The longest RTMP message; 4K key frames exceed 1 MiB.', {
    least: 64 * KIB,
    // RTMP 1.0 clause 5.3.1.2: the length has 24 bits.
    most: 16 * MIB,
    why: 'a key frame is one message, and the length of a message has 24 bits',
  }),
  'rtmp.max-chunk-streams': count(32, 'Chunk streams that one connection may open.', {
    // Control, commands, data, audio, video and publish: encoders give each its own.
    least: 6,
    // RTMP 1.0 clause 5.3.1.1: ids 2 to 65599.
    most: 65_598,
    why: 'encoders use up to 6, and the protocol has 65598',
  }),
  'rtmp.max-assembling': bytes(16 * MIB, 'Memory for the unfinished messages of one connection.', {
    least: 64 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'a key frame is one message',
  }),
  'rtmp.max-before-publish': bytes(64 * KIB, 'All that a peer may send before it asks to publish.', {
    least: 4 * KIB,
    most: Number.MAX_SAFE_INTEGER,
    why: 'the handshake takes 3,073 bytes, and connect and publish about a thousand',
  }),
  'rtmp.max-metadata': bytes(64 * KIB, 'Longer data messages are ignored.', {
    least: KIB,
    most: 16 * MIB,
    why: 'metadata of common encoders takes up to a kibibyte, and a message is 16MiB at most',
  }),
  'rtmp.max-amf-depth': count(16, 'Objects and arrays nested in one AMF value.', {
    // Each level is a call on the stack; metadata of encoders nests three deep.
    least: 4,
    most: 256,
  }),
  'rtmp.max-amf-values': count(1024, 'AMF values in one message.', {
    least: 64,
    most: 1_000_000,
    why: 'the connect command and metadata hold some dozens',
  }),
  'rtmp.max-amf-text': bytes(64 * KIB, 'Text in the AMF values of one message.', {
    least: KIB,
    most: 16 * MIB,
    why: 'the connect command holds several addresses, and a message is 16MiB at most',
  }),
  'rtmp.max-unread': bytes(64 * KIB, 'Replies that a peer may leave unread.', {
    least: 4 * KIB,
    most: 64 * MIB,
    why: 'the handshake alone is 3,073 bytes of replies',
  }),
  'rtmps.port': port(1936, 'Where encoders push over TLS, when there is a certificate.'),
  'rtmps.max-handshakes': count(200, 'TLS handshakes with encoders under way at the same time, in all.'),
  'rtmps.max-handshakes-per-address': count(20, 'TLS handshakes under way from one address.'),
  'tls.certificate': text(
    '',
    'PEM file of the certificate chain; renewed while running when the file changes.',
    'the path of a file, or empty',
  ),
  'tls.key': text('', 'PEM file of the private key.', 'the path of a file, or empty'),
  'tls.max-handshakes': count(200, 'TLS handshakes of HTTPS under way at the same time, in all.'),
  'tls.max-handshakes-per-address': count(
    50,
    'TLS handshakes of HTTPS a second from one address; ten times as many may come at once.',
  ),
  'http.port': port(8080, 'Where browsers watch: pages, HLS, API and WebSocket. 0 takes any free port.'),
  'http.host': host('', 'Address that HTTP listens on; empty for all.'),
  'http.max-connections': count(
    30_000,
    'HTTP and HTTPS connections at the same time, in all; fewer when the process may not open so many files.',
  ),
  'http.max-connections-per-address': count(
    4_000,
    'The same from one address (an IPv4 address or an IPv6 /64 network).',
  ),
  'http.max-websockets': count(20_000, 'WebSockets at the same time, in all: one for each open page.'),
  'http.max-websockets-per-address': count(2_000, 'WebSockets at the same time from one address.'),
  'http.max-held-per-address': count(4_000, 'Requests from one address that may wait for media.'),
  'http.exempt-networks': networks(
    ['127.0.0.0/8', '::1/128'],
    'Networks whose addresses have no limit of their own: those of your reverse proxies. Empty for none.',
  ),
  'http.public-url': publicUrl(
    ['http:', 'https:'],
    'https://live.example.org',
    'The address of the pages that is given to viewers, where it is not the one by which a page was reached.',
  ),
  'http.base-path': path(
    '',
    'Path in front of everything, when the gateway is mounted in another server or behind a proxy that keeps it.',
  ),
  'http.embed-origins': origins(
    'Sites that may show the embed page in a frame, with commas between. Empty for any site, app or local file.',
  ),
  'https.port': port(
    8443,
    'Where browsers watch over TLS and HTTP/2, when there is a certificate: the same as over http.port.',
  ),
  'hls.part': duration(
    200,
    'Wanted length of a part; rounded to whole frames. Shorter is less latency and more requests.',
    // One frame at 50 fps is as short as a part can be.
    {
      minMs: 20,
      maxMs: 1_000,
      why: 'a part holds at least one frame, and a part of more than a second saves no latency',
    },
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
    { minMs: 1_000, maxMs: DAY_MS },
  ),
  'hls.dvr': duration(
    0,
    'How far viewers can go back, such as 30m; it needs that much hls.max-memory (an hour at 4 Mbit/s is 1.7 GiB).',
    { minMs: 0, maxMs: DAY_MS },
  ),
  'hls.max-memory': bytes(
    64 * MIB,
    'Media that one stream keeps in memory; what hls.window and hls.dvr list shrinks when it is reached.',
    { least: 4 * MIB, most: Number.MAX_SAFE_INTEGER, why: 'three segments at 2.5 Mbit/s take that much' },
  ),
  'media.max-memory': bytes(
    0,
    'Media that all streams together keep in memory; a publisher that finds no room is refused. 0 is half of what the machine, the container or the process limit allows.',
    {
      least: 4 * MIB,
      most: Number.MAX_SAFE_INTEGER,
      orZero: true,
      why: 'three segments of one stream take that much',
    },
  ),
  'hls.hold-back': factor(4, 'How far behind the live edge low-latency players stay, in parts; at least 3.'),
  'hls.hold': duration(
    7_500,
    'How long a request may wait for media that does not come; players give up at 10 s.',
    { minMs: 20, maxMs: 9_000, why: 'players give up at 10 s and need time to ask again' },
  ),
  'stream.grace': duration(15_000, 'How long the place of a lost publisher is held for its return.'),
  'stream.takeover': choice<'silent' | 'newest'>(
    'silent',
    ['silent', 'newest'],
    'When a second publisher may take a name: if the first has been silent for two seconds, or always.',
  ),
  'stream.max-streams': count(1000, 'Streams that are known at once; ended ones make room.'),
  'keys.file': text(
    '',
    'YAML or JSON file with a list of publish keys, as in keys.list; read again when it changes, and at SIGHUP.',
    'the path of a file, or empty',
  ),
  'keys.list': publishKeys(
    'Publish keys. With one from any source, only keys publish, from any address; without, private networks do.',
  ),
  'data.dir': text(
    '',
    'Folder for what must outlast a restart, such as the keys of `sluice key add`; made when missing. Empty keeps nothing.',
    'the path of a folder, or empty',
  ),
  'metrics.networks': networks(
    [],
    'Networks besides the private ones that may read /metrics, such as that of a Prometheus elsewhere.',
  ),
  'log.max-lines': count(
    10,
    'Lines of one kind in a second, such as ends of connections for one reason; those beyond are counted in the next line.',
  ),
  'log.level': choice<LogLevel>('info', LOG_LEVELS, 'How much is told on standard error.'),
} as const;

export type SettingPath = keyof typeof SETTINGS;

/** What most installations change; the rest is in docs/settings.md. */
export const COMMON_SETTINGS: readonly SettingPath[] = [
  'rtmp.port',
  'http.port',
  'http.host',
  'tls.certificate',
  'tls.key',
  'hls.part',
  'hls.dvr',
  'hls.max-memory',
  'stream.takeover',
  'log.level',
];

/** What each section is about, as headings of help and documents. */
export const SECTIONS: Readonly<Record<string, string>> = {
  rtmp: 'RTMP: encoders',
  rtmps: 'RTMPS: encoders over TLS',
  tls: 'Certificate',
  http: 'HTTP: viewers',
  https: 'HTTPS: viewers over TLS',
  hls: 'HLS: latency, window, memory',
  media: 'Memory of all streams',
  stream: 'Streams',
  keys: 'Publish keys',
  data: 'Data that is kept',
  metrics: 'Metrics',
  log: 'Log',
};

/** Sections that may be written as a list: it is the value of this setting. */
export const LIST_SECTIONS: Readonly<Record<string, SettingPath>> = { keys: 'keys.list' };

/** The value of every setting. Durations are milliseconds, sizes bytes, bitrates bits per second. */
export type Settings = {
  readonly [Path in SettingPath]: (typeof SETTINGS)[Path] extends Setting<infer Value> ? Value : never;
};

/**
 * Settings in sections, as in the settings file: `{ rtmp: { port: 0, maxMessage: '4MiB' }, hls: { part: '200ms' } }`.
 * A number is milliseconds, bytes or bits per second; a text has a unit, as on the command line.
 */
export type GatewaySettings = {
  readonly [Section in SectionOf<keyof Settings>]?: {
    readonly [Key in KeyIn<Section> as Key | Camel<Key>]?:
      | GivenAs<Settings[`${Section}.${Key}` & keyof Settings]>
      | string;
  };
};
/** Fields of records may be texts as well, each with its unit. */
type GivenAs<Value> = Value extends readonly KeyRecord[] ? readonly GivenKey[] : Value;
type GivenKey = { readonly [Field in keyof KeyRecord]: KeyRecord[Field] | string };
type Camel<Key extends string> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;
type SectionOf<Path extends string> = Path extends `${infer Section}.${string}` ? Section : never;
type KeyIn<Section extends string> = keyof Settings extends infer Path
  ? Path extends `${Section}.${infer Key}`
    ? Key
    : never
  : never;

export function isSettingPath(candidate: string): candidate is SettingPath {
  return Object.hasOwn(SETTINGS, candidate);
}

/** Every setting, in the order of declaration. */
export function settingPaths(): SettingPath[] {
  return Object.keys(SETTINGS).filter(isSettingPath);
}

/** One setting, with the type of its value left open. */
export function settingOf(settingPath: SettingPath): Setting<unknown> {
  return SETTINGS[settingPath] as Setting<unknown>;
}

/** `rtmp.max-message` → `rtmp`. */
export function sectionOf(settingPath: string): string {
  return settingPath.slice(0, settingPath.indexOf('.'));
}

/** Secrets are no flags. */
export function hasFlag(settingPath: SettingPath): boolean {
  return settingOf(settingPath).isSecret !== true;
}

/** `rtmp.max-message` → `--rtmp-max-message`. */
export function flagOf(settingPath: string): string {
  return `--${settingPath.replaceAll('.', '-')}`;
}

/** `rtmp.max-message` → `SLUICE_RTMP_MAX_MESSAGE`. */
export function environmentNameOf(settingPath: string): string {
  return `SLUICE_${settingPath.replaceAll(/[.-]/g, '_').toUpperCase()}`;
}
