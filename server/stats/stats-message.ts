// The messages of `WS /ws/v1` that everybody may get, and its subprotocol; those for operators are in operator-message.ts. Pages
// import types from these two files only.

import type { EndReason, StreamState } from '../live/stream-state.ts';

export type { EndReason, StreamState } from '../live/stream-state.ts';

export const STATS_SUBPROTOCOL = 'sluice.stats.v1';

/** Messages of clients. `status` subscribes to one name's state, `stream` to its statistics once a second. */
export type ClientMessage =
  | {
      op: 'sub';
      topic: StatsTopic;
      name: string;
      /** For a signed stream. A later `sub` with another token replaces it. */
      token?: string;
    }
  | { op: 'unsub'; topic: StatsTopic; name: string }
  | { op: 'ping'; t0: number };

export type StatsTopic = 'status' | 'stream';

/** `streams`: all streams in short. `server`: the process. `detail`: one stream with everything. */
export type OperatorTopic = 'streams' | 'server' | 'detail';

export type Topic = StatsTopic | OperatorTopic;

export type HelloMessage = {
  op: 'hello';
  v: 1;
  /** Milliseconds since the Unix epoch, the server's clock. */
  serverTime: number;
  version: string;
  session: string;
  topics: readonly Topic[];
};

/** Answer to `ping`: the client's t0, and the server's times of arrival and departure (as in RFC 5905). */
export type PongMessage = { op: 'pong'; t0: number; t1: number; t2: number };

/** Sent on subscription, at every change of state, and at most every five seconds when only the number of viewers has changed. */
export type StatusMessage = {
  op: 'status';
  name: string;
  state: StreamState;
  /** When this state began, milliseconds since the Unix epoch. */
  since: number;
  viewers: number;
  /** A publish with `?test=1`: it is judged, and nobody can watch it. */
  isTest?: true;
  /** Why the last publisher left; absent while a stream is live or if there was none. */
  reason?: EndReason;
  /** While `reconnecting`: until when the name is reserved, milliseconds since the Unix epoch. */
  graceEndsAt?: number;
  /** When `ended`: how long media arrived, without gaps between publishers. */
  mediaMs?: number;
  /** Path of the multivariant playlist, relative to the gateway's root. Load it only while `live`. */
  hls: string;
  /** Path to which players may report (CMCD version 2), relative to the gateway's root; absent if they may not. */
  reports?: string;
  /** RFC 6381 list; absent until it is known. */
  codecs?: string;
  /** Names of the subtitle renditions. A playlist that was loaded earlier may list fewer. */
  captions?: readonly string[];
  /** PART-HOLD-BACK: the target latency of a low-latency player. */
  targetLatencyMs?: number;
};

/** Once a second for every `stream` subscriber; a slow peer misses some. */
export type TickMessage = { op: 'tick'; name: string; seq: number; t: number; d: StreamNumbers };

/** One received track, also if HLS does not play it. */
export type TrackNumbers = {
  /** 'v0', 'a0', 'a1': the kind, and the number that the encoder gives it. */
  id: string;
  codec: string;
  /** Bits per second over the last second. */
  bps: number;
};

/**
 * Live numbers of one stream; a key is absent while its value is unknown. What is said of pictures and sound is of the first
 * track of the kind.
 */
export type StreamNumbers = {
  /** Bits per second of all video and of all audio tracks over the last second. */
  vbps: number;
  abps: number;
  /** Every track, in the order in which they were announced. */
  tracks?: readonly TrackNumbers[];
  /** Video frames per second, measured over the last seconds. */
  fps?: number;
  width?: number;
  height?: number;
  videoCodec?: string;
  audioCodec?: string;
  sampleRate?: number;
  channels?: number;
  /** Last distance between two key frames. */
  gopMs?: number;
  viewers: number;
  uptimeMs: number;
  encoder?: string;
};

export type ErrorMessage = {
  op: 'error';
  code: string;
  message: string;
  /** The subscription that does not begin, or has ended, where the code is about one. */
  topic?: Topic;
  /** Its stream, if the topic has names. */
  name?: string;
};

/** The gateway closes the WebSocket; come back after this time. */
export type ByeMessage = { op: 'bye'; code: 'shutting_down'; retryMs: number };

export type ServerMessage =
  | HelloMessage
  | PongMessage
  | StatusMessage
  | TickMessage
  | ErrorMessage
  | ByeMessage;
