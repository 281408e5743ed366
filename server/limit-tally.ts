// Which limits were met, how often, and when. Settings are limits if their name begins with `max-`; limits that are no settings are
// declared here, with their figures, so that the API and metrics can show all of them.

import type { Clock } from './clock.ts';
import { type SettingPath, settingPaths } from './settings/table.ts';

const KIB = 1024;

export type LimitUnit = 'count' | 'bytes' | 'bits per second' | 'per second' | 'milliseconds';
type FixedLimit = { readonly limit: number; readonly unit: LimitUnit; readonly meaning: string };

/** Limits that no operator wants to change. */
export const FIXED_LIMITS = {
  'websocket.subscriptions': { limit: 64, unit: 'count', meaning: 'Subscriptions of one WebSocket.' },
  'websocket.messages': {
    limit: 256,
    unit: 'count',
    meaning: 'Messages, pings and pongs from the client of one WebSocket at once; then 16 in a second.',
  },
  'reports.bodies': {
    limit: 500,
    unit: 'count',
    meaning:
      'Bodies with reports of players (CMCD) that arrive at the same time. Above it the oldest of the address with the most ends.',
  },
  'reports.bodies-per-address': { limit: 50, unit: 'count', meaning: 'Such bodies from one address.' },
  'reports.rate': { limit: 4_000, unit: 'per second', meaning: 'Reports of players, in all.' },
  'reports.rate-per-address': {
    limit: 200,
    unit: 'per second',
    meaning: 'Reports of players from one address.',
  },
  'reports.sessions': { limit: 20_000, unit: 'count', meaning: 'Players whose reports are kept, in all.' },
  'reports.sessions-of-stream': {
    limit: 10_000,
    unit: 'count',
    meaning: 'Players of one stream whose reports are kept.',
  },
  'keys.wrong-per-address': {
    limit: 10,
    unit: 'count',
    meaning: 'Wrong stream keys from one address at once; then one in twelve seconds.',
  },
  'admin-tokens.wrong-per-address': { limit: 10, unit: 'count', meaning: 'The same for admin tokens.' },
  'passwords.wrong-per-address': { limit: 10, unit: 'count', meaning: 'The same for passwords of streams.' },
  'passwords.hashing': {
    limit: 4,
    unit: 'count',
    meaning: 'Passwords that are compared with a hash at the same time.',
  },
  'jwt.checking': {
    limit: 256,
    unit: 'count',
    meaning: 'Signatures of JWTs that are checked at the same time.',
  },
  'callbacks.asking': { limit: 256, unit: 'count', meaning: 'Questions to the back-end at the same time.' },
  'callbacks.asking-per-address': {
    limit: 64,
    unit: 'count',
    meaning: 'Such questions about peers of one address.',
  },
  'callbacks.untold': {
    limit: 10_000,
    unit: 'count',
    meaning: 'Messages that wait to be sent to auth.publish-done-url.',
  },
  'http.unanswered': {
    limit: 32,
    unit: 'count',
    meaning: 'Requests of one connection whose answers are not read.',
  },
  'http.body-pieces': {
    limit: 256,
    unit: 'count',
    meaning: 'Pieces (chunks or packets) in which the body of a request may arrive.',
  },
  'http2.abandoned': {
    limit: 200,
    unit: 'count',
    meaning: 'Useless frames and cancelled requests of one HTTP/2 connection.',
  },
  'api.body': { limit: 64 * KIB, unit: 'bytes', meaning: 'The body of a request to the API.' },
  'rtmp.held': {
    limit: 128 * KIB,
    unit: 'bytes',
    meaning: 'What a publisher may send before it is accepted.',
  },
  'rtmp.aggregated': { limit: 1_024, unit: 'count', meaning: 'Messages in one aggregate message.' },
  'stream.runs': {
    limit: 10,
    unit: 'count',
    meaning: 'Changes of codec, tracks or clock of one stream in ten seconds.',
  },
} as const satisfies Readonly<Record<string, FixedLimit>>;

export type FixedLimitName = keyof typeof FIXED_LIMITS;
type SettingLimit = Extract<SettingPath, `${string}.max-${string}`>;
export type LimitName = SettingLimit | FixedLimitName;
/** Tells that a limit was met. */
export type OnLimit = (limit: LimitName) => void;

/** Every limit: settings in the order of documents, then the others. */
export function limitNames(): readonly LimitName[] {
  return [...settingPaths().filter(isLimit), ...(Object.keys(FIXED_LIMITS) as FixedLimitName[])];
}

function isLimit(path: SettingPath): path is SettingLimit {
  return path.includes('.max-');
}

/** A code belongs to a limit, or to one of several: then the sentence of the event names it. */
type LimitsByCode = Readonly<Record<string, LimitName | readonly LimitName[]>>;

const BY_CODE: LimitsByCode = {
  publish_rate: 'rtmp.max-publishes-per-minute',
  bitrate: 'rtmp.max-bitrate',
  message_too_large: 'rtmp.max-message',
  chunk_stream_limit: 'rtmp.max-chunk-streams',
  assembling_limit: 'rtmp.max-assembling',
  bytes_before_publish: 'rtmp.max-before-publish',
  held_bytes: 'rtmp.held',
  aggregate_limit: 'rtmp.aggregated',
  amf_limit: ['rtmp.max-amf-depth', 'rtmp.max-amf-values', 'rtmp.max-amf-text'],
  unread_replies: 'rtmp.max-unread',
  no_keyframe: ['rtmp.max-before-key-frame'],
  damaged_video: ['rtmp.max-before-key-frame'],
  server_busy: ['stream.max-streams', 'stream.max-tests', 'media.max-memory'],
  too_fast: 'stream.max-ahead',
  stream_memory: 'hls.max-memory',
  part_too_large: 'hls.max-memory',
  too_many_changes: 'stream.runs',
  too_many_from_address: 'rtmp.max-connections-per-address',
  gave_way: 'rtmp.max-connections',
  key_attempts: 'keys.wrong-per-address',
  token_attempts: 'admin-tokens.wrong-per-address',
  too_many_passwords: 'passwords.wrong-per-address',
  too_many_connections_from_address: 'http.max-connections-per-address',
  too_many_websockets: 'http.max-websockets',
  too_many_messages: 'websocket.messages',
  too_many_websockets_from_address: 'http.max-websockets-per-address',
  too_many_held: 'http.max-connections',
  too_many_held_from_address: 'http.max-held-per-address',
  too_many_unanswered: 'http.unanswered',
  body_in_pieces: 'http.body-pieces',
  http2_flood: 'http2.abandoned',
  too_many_viewers: 'http.max-viewers',
  too_many_viewers_of_stream: 'stream.max-viewers',
  webhook_dropped: 'webhooks.max-queue',
  callback_failed: ['callbacks.asking-per-address', 'callbacks.asking', 'callbacks.untold'],
};
/** Codes that RTMP and HTTP share. */
const BY_CODE_OF: Readonly<Record<'rtmp' | 'http', LimitsByCode>> = {
  rtmp: {
    too_many_connections: 'rtmp.max-connections',
    too_many_handshakes: 'rtmps.max-handshakes',
    too_many_handshakes_from_address: 'rtmps.max-handshakes-per-address',
  },
  http: {
    too_many_connections: 'http.max-connections',
    too_many_handshakes: 'tls.max-handshakes',
    too_many_handshakes_from_address: 'tls.max-handshakes-per-address',
  },
};

/** The limit that an error is about; undefined if it is about none. */
export function limitOf(code: string, text: string): LimitName | undefined {
  return limitAmong(BY_CODE[code], text);
}

function limitAmong(limits: LimitsByCode[string] | undefined, text: string): LimitName | undefined {
  return typeof limits === 'object' ? limits.find((each) => text.includes(each)) : limits;
}

/** How often a limit was met since the start, and when last, milliseconds since the Unix epoch. */
export type MetLimit = { readonly times: number; readonly lastAt: number | undefined };

const NEVER: MetLimit = { times: 0, lastAt: undefined };

export class LimitTally {
  readonly #clock: Pick<Clock, 'epochMs'>;
  readonly #met = new Map<LimitName, MetLimit>();

  constructor(clock: Pick<Clock, 'epochMs'>) {
    this.#clock = clock;
  }

  readonly met: OnLimit = (limit) => {
    this.#met.set(limit, { times: this.of(limit).times + 1, lastAt: this.#clock.epochMs() });
  };

  of(limit: LimitName): MetLimit {
    return this.#met.get(limit) ?? NEVER;
  }

  /** Watches the events of a log, of which some tell that a limit was met. */
  watcher(source: 'rtmp' | 'http'): {
    readonly onEvent: (code: string, text: string | undefined) => void;
    readonly onUnwritten: () => void;
  } {
    return {
      onEvent: (code, text = '') => {
        const limit = limitAmong(BY_CODE_OF[source][code] ?? BY_CODE[code], text);
        if (limit !== undefined) this.met(limit);
      },
      onUnwritten: () => this.met('log.max-lines'),
    };
  }
}
