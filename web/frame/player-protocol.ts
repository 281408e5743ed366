// The messages between an embed and the page around it: Player.js 0.0.11 (embedly), and what live video adds to it. Each message
// is an object as JSON.

const PLAYER_CONTEXT = 'player.js';
const PLAYER_VERSION = '0.0.11';

/** Methods of the specification. `setLoop` has no effect: a live stream has no end to loop from. */
const COMMON_METHODS = [
  'play',
  'pause',
  'getPaused',
  'mute',
  'unmute',
  'getMuted',
  'setVolume',
  'getVolume',
  'getDuration',
  'setCurrentTime',
  'getCurrentTime',
  'setLoop',
  'getLoop',
  'addEventListener',
  'removeEventListener',
] as const;

/** Methods for live video. `setToken` gives access to a signed stream. */
const LIVE_METHODS = [
  'seekToLive',
  'getLatency',
  'getQualities',
  'setQuality',
  'getStats',
  'getState',
  'setToken',
] as const;

export const PLAYER_METHODS = [...COMMON_METHODS, ...LIVE_METHODS] as const;
export type PlayerMethod = (typeof PLAYER_METHODS)[number];

/** What the viewer sees: the states of docs/architecture.md, and what only the viewer's side knows. */
export type PlayerState =
  | 'unknown'
  | 'unreachable'
  | 'offline'
  | 'connecting'
  | 'starting'
  | 'live'
  | 'stalled'
  | 'reconnecting'
  | 'ended'
  | 'unsupported'
  | 'denied'
  | 'viewer-offline'
  | 'invalid';

/** Seconds of the player's own clock, which begins with the first load. `duration` is where live playback stands. */
export type PlayerTime = { readonly seconds: number; readonly duration: number };

export type PlayerQuality = {
  readonly id: string;
  readonly label: string;
  readonly isCurrent: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly bitrateBps?: number;
};

/** A number is null while it is not known. */
export type PlayerStats = {
  readonly state: PlayerState;
  readonly isPlaying: boolean;
  readonly viewers: number | null;
  readonly latencyMs: number | null;
  readonly targetLatencyMs: number | null;
  /** Media that is loaded and not played yet. */
  readonly bufferMs: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  /** Times that playback waited for media after it had begun. */
  readonly stalls: number;
};

/** The value of each event. */
export type PlayerEvents = {
  /** The addresses and names as the specification has them. */
  ready: { readonly src: string; readonly events: readonly string[]; readonly methods: readonly string[] };
  play: undefined;
  pause: undefined;
  ended: undefined;
  timeupdate: PlayerTime;
  /** Up to where media is loaded. */
  progress: PlayerTime;
  /** 1: this browser cannot play the stream. 2: there is no such method, or its value is wrong. -1: anything else. */
  error: { readonly code: -1 | 1 | 2; readonly msg: string };
  live: { readonly name: string };
  /** The stream has ended, or is not published. */
  offline: { readonly name: string; readonly state: PlayerState };
  /** Once a second while it is known. */
  latency: { readonly latencyMs: number };
  qualitychange: PlayerQuality;
  /** Once a second. */
  stats: PlayerStats;
  /** `viewer`: media arrives too slowly here. `stream`: the streamer sends nothing. */
  stalled: { readonly side: 'viewer' | 'stream' };
  /** `click`: playback waits for a gesture. `sound`: it plays, but the browser allowed no sound. */
  autoplayblocked: { readonly kind: 'click' | 'sound' };
  /** A signed stream refuses this viewer: `setToken` may help. */
  denied: { readonly name: string; readonly code: string };
};

export type PlayerEvent = keyof PlayerEvents;

export const PLAYER_EVENTS: readonly PlayerEvent[] = [
  'ready',
  'play',
  'pause',
  'ended',
  'timeupdate',
  'progress',
  'error',
  'live',
  'offline',
  'latency',
  'qualitychange',
  'stats',
  'stalled',
  'autoplayblocked',
  'denied',
];

/** To the embed. */
export type MethodMessage = {
  readonly method: string;
  readonly value: unknown;
  /** The embed repeats it in the answer. */
  readonly listener: string | undefined;
};

/** From the embed: an event, or the answer of a method that begins with `get`. */
export type EventMessage = {
  readonly event: string;
  readonly value: unknown;
  readonly listener: string | undefined;
};

/** Longer names of listeners are no names. */
const MAX_LISTENER_CHARACTERS = 256;

/** A message to the embed; undefined if it is not one. */
export function parseMethodMessage(data: unknown): MethodMessage | undefined {
  const message = playerMessage(data);
  if (message === undefined || typeof message['method'] !== 'string') return undefined;
  return { method: message['method'], value: message['value'], listener: listenerOf(message) };
}

/** A message from the embed; undefined if it is not one. */
export function parseEventMessage(data: unknown): EventMessage | undefined {
  const message = playerMessage(data);
  if (message === undefined || typeof message['event'] !== 'string') return undefined;
  return { event: message['event'], value: message['value'], listener: listenerOf(message) };
}

/** As JSON, because the published hosts parse nothing else. */
export function writePlayerMessage(message: Partial<MethodMessage> | Partial<EventMessage>): string {
  return JSON.stringify({ context: PLAYER_CONTEXT, version: PLAYER_VERSION, ...message });
}

function playerMessage(data: unknown): Readonly<Record<string, unknown>> | undefined {
  const message = typeof data === 'string' ? parsed(data) : data;
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...message };
  return fields['context'] === PLAYER_CONTEXT ? fields : undefined;
}

function parsed(text: string): unknown {
  // Pages exchange other messages too: most of them are not even objects.
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listenerOf({ listener }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof listener === 'number') return String(listener);
  if (typeof listener !== 'string' || listener.length > MAX_LISTENER_CHARACTERS) return undefined;
  return listener;
}
