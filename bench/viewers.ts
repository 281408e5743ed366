// Many viewers in one process: they follow a low-latency playlist like a player, poll a plain one, or fetch the same two files
// at the same pace.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Audience, Fetcher, LoadViewer } from './load-viewer.ts';
import { PlaylistMemory } from './playlist-memory.ts';
import { rawRequest } from './raw-client.ts';
import { TimeHistogram, type Times } from './time-histogram.ts';
import { TimerWheel } from './timer-wheel.ts';
import { answerCalls } from './worker.ts';

/** When viewers received the playlist that first lists a part, in epoch milliseconds. */
export type Arrivals = { readonly partUri: string; readonly atMs: readonly number[] };

export type ViewersReport = {
  readonly playlists: Times;
  readonly media: Times;
  readonly bytes: number;
  readonly errors: number;
  /** Times at which a viewer's buffer of one part or segment was empty. */
  readonly stalls: number;
  readonly arrivals: readonly Arrivals[];
  /** How late this process was. */
  readonly lateP99Ms: number;
};

export type ViewersCalls = {
  /** Blocking reload plus every part (RFC 8216bis clause 6.2.5.2). */
  readonly follow: {
    readonly request: { readonly mediaUrl: string; readonly viewers: number };
    readonly reply: undefined;
  };
  /** A plain playlist every `intervalMs`, and every segment. */
  readonly poll: {
    readonly request: { readonly mediaUrl: string; readonly viewers: number; readonly intervalMs: number };
    readonly reply: undefined;
  };
  /** Playlist and part as files, all viewers at once every `intervalMs`. */
  readonly repeat: {
    readonly request: {
      readonly playlistUrl: string;
      readonly mediaUrl: string;
      readonly viewers: number;
      readonly intervalMs: number;
    };
    readonly reply: undefined;
  };
  /** Since the last call. */
  readonly take: { readonly request: undefined; readonly reply: ViewersReport };
};

/** Viewers start at different times. */
const ARRIVAL_SPREAD_MS = 2_000;
/** Viewers of `repeat` that send in one turn; answers are read in between. */
const SENT_PER_TURN = 64;
const LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

let arrivals = new Map<string, number[]>();
let bytes = 0;
let errors = 0;
let stallsBefore = 0;
const viewersHere: LoadViewer[] = [];
const audience: Audience = {
  wheel: new TimerWheel(),
  playlistsMs: new TimeHistogram(),
  mediaMs: new TimeHistogram(),
  received: (count) => {
    bytes += count;
  },
  failed: () => {
    errors += 1;
  },
  listed: (uri) => {
    const atMs = performance.timeOrigin + performance.now();
    const known = arrivals.get(uri);
    if (known === undefined) arrivals.set(uri, [atMs]);
    else known.push(atMs);
  },
};
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();

answerCalls<ViewersCalls>({
  follow: ({ mediaUrl, viewers }) => watch(mediaUrl, viewers, undefined),
  poll: ({ mediaUrl, viewers, intervalMs }) => watch(mediaUrl, viewers, intervalMs),
  repeat: ({ playlistUrl, mediaUrl, viewers, intervalMs }) => {
    const pairs = Array.from({ length: viewers }, () => [repeated(playlistUrl), repeated(mediaUrl)]);
    const send = (from: number): void => {
      for (const ask of pairs.slice(from, from + SENT_PER_TURN).flat()) ask();
      if (from + SENT_PER_TURN < pairs.length) setImmediate(send, from + SENT_PER_TURN);
    };
    setInterval(send, intervalMs, 0);
    return undefined;
  },
  take: () => {
    const stalls = viewersHere.reduce((sum, { player }) => sum + player.stalls, 0);
    const report = {
      playlists: audience.playlistsMs.take(),
      media: audience.mediaMs.take(),
      bytes,
      errors,
      stalls: stalls - stallsBefore,
      arrivals: [...arrivals].map(([partUri, atMs]) => ({ partUri, atMs })),
      lateP99Ms: Math.max(0, loop.percentile(99) / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS),
    };
    stallsBefore = stalls;
    arrivals = new Map();
    bytes = 0;
    errors = 0;
    loop.reset();
    return report;
  },
});

function watch(mediaUrl: string, count: number, intervalMs: number | undefined): undefined {
  const playlists = new PlaylistMemory(mediaUrl, intervalMs === undefined);
  for (let index = 0; index < count; index += 1) {
    const viewer = new LoadViewer({ mediaUrl, playlists, intervalMs }, audience);
    viewersHere.push(viewer);
    audience.wheel.later(viewer, (index * ARRIVAL_SPREAD_MS) / count);
  }
}

/** @returns a function that requests the file on a connection of its own */
function repeated(url: string): () => void {
  const { port, pathname } = new URL(url);
  const request = rawRequest(pathname);
  const nothing = { answered: () => {}, failed: () => {} };
  const fetcher = new Fetcher(Number(port), audience, url.endsWith('.m3u8') ? 'playlists' : 'media', nothing);
  return () => {
    // A server that is a whole interval behind counts as an error.
    if (fetcher.isBusy) audience.failed();
    else fetcher.fetch(request);
  };
}
