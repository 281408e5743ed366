// The messages of `WS /ws/v1`, and its subprotocol's name. Pages import the types of this file and of no other.

import type { EndReason, StreamState } from '../live/stream-state.ts';

export type { EndReason, StreamState } from '../live/stream-state.ts';

export const STATS_SUBPROTOCOL = 'sluice.stats.v1';

/** What a client may say. `status` follows one name's state, `stream` adds its numbers once a second. */
export type ClientMessage =
  | { op: 'sub'; topic: StatsTopic; name: string }
  | { op: 'unsub'; topic: StatsTopic; name: string }
  | { op: 'ping'; t0: number };

export type StatsTopic = 'status' | 'stream';

export type HelloMessage = {
  op: 'hello';
  v: 1;
  /** Milliseconds since the Unix epoch, the server's clock. */
  serverTime: number;
  version: string;
  session: string;
  topics: readonly StatsTopic[];
};

/** Answer to `ping`: the client's t0, arrival and departure by the server's clock (RFC 5905 style). */
export type PongMessage = { op: 'pong'; t0: number; t1: number; t2: number };

/** Sent on subscription and at every change of state. */
export type StatusMessage = {
  op: 'status';
  name: string;
  state: StreamState;
  /** When this state began, milliseconds since the Unix epoch. */
  since: number;
  viewers: number;
  /** Why the last publisher is gone; absent while a stream is live, and where there was none. */
  reason?: EndReason;
  /** While `reconnecting`: until when the place is held, milliseconds since the Unix epoch. */
  graceEndsAt?: number;
  /** Once `ended`: how long media arrived, without the gaps between publishers. */
  mediaMs?: number;
  /** Path of the multivariant playlist, relative to the gateway's root. Load it only while `live`. */
  hls: string;
  /** RFC 6381 list, once known. */
  codecs?: string;
  /** Names of the subtitles made of the video's captions; a playlist that was loaded before does not list all of them. */
  captions?: readonly string[];
  /** PART-HOLD-BACK: the latency a low-latency player aims at. */
  targetLatencyMs?: number;
};

/** Once a second for every `stream` subscriber; a tick is skipped for a peer that lags. */
export type TickMessage = { op: 'tick'; name: string; seq: number; t: number; d: StreamNumbers };

/** One track as it comes in, whether HLS plays it or not. */
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

export type ErrorMessage = { op: 'error'; code: string; message: string };

export type ServerMessage = HelloMessage | PongMessage | StatusMessage | TickMessage | ErrorMessage;
