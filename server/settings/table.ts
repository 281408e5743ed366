// The table of settings. Each is declared once, with its default, meaning and bounds.

import { LOG_LEVELS, type LogLevel } from '../log.ts';
import { ADMIN_SETTINGS } from './admin-token.ts';
import { networks } from './collections.ts';
import { HOOK_SETTINGS, type WebhookRecord } from './hook-settings.ts';
import { ANY_COUNT, choice, count, factor, host, origins, path, port, publicUrl, text } from './kinds.ts';
import { bytes, duration } from './measures.ts';
import { PAGE_SETTINGS } from './page-settings.ts';
import { PLAYBACK_SETTINGS, type PlaybackRule } from './playback.ts';
import { type KeyRecord, publishKeys } from './publish-key.ts';
import { RTMP_SETTINGS } from './rtmp-settings.ts';
import type { Setting } from './setting.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_MS = 24 * 3_600_000;

export const SETTINGS = {
  ...RTMP_SETTINGS,
  'tls.certificate': text(
    '',
    'PEM file of the certificate chain; read again when the file changes.',
    'the path of a file, or empty',
  ),
  'tls.key': text('', 'PEM file of the private key.', 'the path of a file, or empty'),
  'tls.ca': text(
    '',
    'PEM file of further certificate authorities, for callbacks and webhooks over https.',
    'the path of a file, or empty',
  ),
  // A handshake takes two round trips and a millisecond of work: 200 are 1,000 a second at a round trip of 100 ms.
  'tls.max-handshakes': count(200, 'TLS handshakes of HTTPS at the same time, in all.'),
  // One address may use a twentieth of a processor.
  'tls.max-handshakes-per-address': count(
    50,
    'TLS handshakes of HTTPS a second from one address; ten times as many may arrive at once.',
  ),
  'http.port': port(8080, 'Where browsers watch: pages, HLS, API and WebSocket. 0 takes any free port.'),
  'http.host': host('', 'Address that HTTP listens on; empty for all.'),
  // A viewer has one or two connections and uses some 50 KiB: enough for ten thousand viewers.
  'http.max-connections': count(
    30_000,
    'HTTP and HTTPS connections at the same time, in all; fewer if the process may open fewer files. A further one takes the place of one without a request.',
  ),
  // A reverse proxy has two connections for each of its viewers: enough for 2,000 viewers.
  'http.max-connections-per-address': count(
    4_000,
    'HTTP and HTTPS connections at the same time from one address (in IPv6, from one /64).',
  ),
  'http.max-websockets': count(20_000, 'WebSockets at the same time, in all: one for each open page.'),
  'http.max-websockets-per-address': count(2_000, 'WebSockets at the same time from one address.'),
  // One for each viewer, or two while a player requests a playlist and a hinted part.
  'http.max-held-per-address': count(4_000, 'Requests from one address that may wait for media.'),
  'http.exempt-networks': networks(
    ['127.0.0.0/8', '::1/128'],
    'Networks without limits per address: those of your reverse proxies. Empty for none.',
  ),
  'http.max-viewers': count(0, 'Viewers of all streams at the same time; 0 for no limit.', ANY_COUNT),
  'http.proxy-protocol': choice(
    'off',
    ['off', 'on'],
    'Whether HTTP and HTTPS connections from proxies.trusted begin with a PROXY header (HAProxy: send-proxy, send-proxy-v2).',
  ),
  'http.public-url': publicUrl(
    ['http:', 'https:'],
    'https://live.example.org',
    'Address of the pages for viewers, if it differs from the address in the browser.',
  ),
  'http.base-path': path(
    '',
    'Path prefix, if the gateway is mounted in another server or behind a proxy that keeps the prefix.',
  ),
  'http.embed-origins': origins(
    'Sites that may embed the embed page, separated by commas. Empty for any site, app or local file.',
  ),
  'https.port': port(8443, 'Where browsers watch over TLS and HTTP/2, if there is a certificate.'),
  'hls.part': duration(
    200,
    'Wanted length of a part, rounded to whole frames. Shorter parts mean less latency and more requests.',
    // One frame at 50 fps.
    {
      minMs: 20,
      maxMs: 1_000,
      why: 'a part holds at least one frame, and a part of more than a second saves no latency',
    },
  ),
  'hls.segment': duration(
    2_000,
    'A segment ends at the first key frame after this time. TARGETDURATION is twice as long.',
    // Segments must be longer than half a second: media sequence numbers count half seconds (docs/decisions).
    { minMs: 1_000, maxMs: 30_000 },
  ),
  'hls.window': duration(12_000, 'How much media a playlist lists; at least three target durations.', {
    minMs: 1_000,
    maxMs: DAY_MS,
  }),
  'hls.dvr': duration(
    0,
    'How far viewers can seek back, such as 30m. Raise hls.max-memory too: an hour at 4 Mbit/s needs 1.7 GiB.',
    { minMs: 0, maxMs: DAY_MS },
  ),
  'hls.max-memory': bytes(
    64 * MIB,
    'Media that one stream keeps in memory: at 4 Mbit/s and default settings it needs about 17 MB. When the limit is reached, playlists list less than hls.window and hls.dvr.',
    { least: 4 * MIB, most: Number.MAX_SAFE_INTEGER, why: 'three segments at 2.5 Mbit/s take that much' },
  ),
  'media.max-memory': bytes(
    0,
    'Media that all streams together keep in memory; new publishers are refused above it. 0 means half of the memory that the machine, the container or the process limit allows.',
    {
      least: 4 * MIB,
      most: Number.MAX_SAFE_INTEGER,
      orZero: true,
      why: 'three segments of one stream take that much',
    },
  ),
  'hls.hold-back': factor(3.6, 'Distance of low-latency players from the live edge, in parts; at least 3.'),
  'hls.hold': duration(7_500, 'How long a request may wait for media; players give up at 10 s.', {
    minMs: 20,
    maxMs: 9_000,
    why: 'players give up at 10 s and need time to ask again',
  }),
  'stream.grace': duration(15_000, 'How long the name of a lost publisher is reserved for its return.'),
  'stream.takeover': choice<'silent' | 'newest'>(
    'silent',
    ['silent', 'newest'],
    'When a second publisher may take a name: only if the first has been silent for two seconds, or always (newest).',
  ),
  'stream.max-ahead': duration(
    5 * 60_000,
    'Media that a publisher may send at once, such as after an outage, beside twice real time. Above it the publication ends; 0s for no limit.',
    { minMs: 12_000, maxMs: DAY_MS, orZero: true, why: 'one picture of a slow camera may last that long' },
  ),
  'stream.max-viewers': count(0, 'Viewers of one stream at the same time; 0 for no limit.', ANY_COUNT),
  'stream.max-streams': count(1000, 'Streams at the same time; ended streams are removed first.'),
  'stream.max-tests': count(
    20,
    'Publishes with ?test=1 at the same time; they do not count as streams. 0 allows none.',
    ANY_COUNT,
  ),
  'viewers.reports': choice(
    'on',
    ['on', 'off'],
    'Whether players may report latency, stalls, start-up and errors (CMCD): our pages do, unless the browser asks not to be tracked. See PRIVACY.md.',
  ),
  'proxies.trusted': networks(
    [],
    'Networks of proxies that may tell the address of their client, by proxies.header or a PROXY header. All limits then count clients.',
  ),
  'proxies.header': choice(
    'x-forwarded-for',
    ['x-forwarded-for', 'forwarded'],
    'The header in which trusted proxies write the address of the client. They must write it themselves and not only pass it on.',
  ),
  'keys.file': text(
    '',
    'YAML or JSON file with a list of publish keys, as in keys.list; read again when it changes and at SIGHUP.',
    'the path of a file, or empty',
  ),
  'keys.list': publishKeys(
    'Publish keys. If there is a key from any source, encoders need one, from any address; else private networks may publish.',
  ),
  ...HOOK_SETTINGS,
  ...PLAYBACK_SETTINGS,
  ...PAGE_SETTINGS,
  'data.dir': text(
    '',
    'Folder for data that is kept over a restart, such as the keys of `sluice key add`; created if missing. Empty: nothing is kept.',
    'the path of a folder, or empty',
  ),
  'metrics.networks': networks(
    [],
    'Networks that may read /metrics, in addition to private ones, such as that of a remote Prometheus.',
  ),
  ...ADMIN_SETTINGS,
  'log.max-lines': count(
    10,
    'Lines of one kind in a second, such as connections that end for one reason. Further lines are counted in the next one.',
  ),
  'log.level': choice<LogLevel>('info', LOG_LEVELS, 'Least level of the lines on standard error.'),
} as const;

export type SettingPath = keyof typeof SETTINGS;

/** Headings of help and documents. */
export const SECTIONS: Readonly<Record<string, string>> = {
  rtmp: 'RTMP: encoders',
  rtmps: 'RTMPS: encoders over TLS',
  tls: 'Certificate',
  http: 'HTTP: viewers',
  https: 'HTTPS: viewers over TLS',
  hls: 'HLS: latency, window, memory',
  media: 'Memory of all streams',
  stream: 'Streams',
  viewers: 'Viewers: reports of players',
  proxies: 'Proxies',
  keys: 'Publish keys',
  auth: 'Callbacks: who may publish and watch',
  webhooks: 'Webhooks: events for other systems',
  playback: 'Playback: who may watch',
  pages: 'Pages: their look',
  data: 'Data folder',
  metrics: 'Metrics',
  admin: 'API for operators',
  log: 'Log',
};

/** A section that is a list instead of a mapping is the value of this setting. */
export const LIST_SECTIONS: Readonly<Record<string, SettingPath>> = {
  keys: 'keys.list',
  webhooks: 'webhooks.list',
};

/** Values: durations in milliseconds, sizes in bytes, bitrates in bits per second. */
export type Settings = {
  readonly [Path in SettingPath]: (typeof SETTINGS)[Path] extends Setting<infer Value> ? Value : never;
};

/**
 * Settings in sections, as in the settings file: `{ rtmp: { port: 0, maxMessage: '4MiB' }, hls: { part: '200ms' } }`.
 * A number is milliseconds, bytes or bits per second. A string has a unit, as on the command line.
 */
export type GatewaySettings = {
  readonly [Section in SectionOf<keyof Settings>]?: {
    readonly [Key in KeyIn<Section> as Key | Camel<Key>]?:
      | GivenAs<Settings[`${Section}.${Key}` & keyof Settings]>
      | string;
  };
};
/** Fields of records may be texts as well, each with its unit. */
type GivenAs<Value> = Value extends readonly KeyRecord[]
  ? readonly GivenRecord<KeyRecord>[]
  : Value extends readonly WebhookRecord[]
    ? readonly GivenRecord<WebhookRecord>[]
    : Value extends Readonly<Record<string, PlaybackRule>>
      ? Readonly<Record<string, Partial<PlaybackRule> | string>>
      : Value;
type GivenRecord<Fields> = { readonly [Field in keyof Fields]: Fields[Field] | string };
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
