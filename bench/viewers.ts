// Many viewers in one process: they follow a low-latency playlist like a player, poll a plain one, or fetch the same two files
// at the same pace.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { PlaybackModel } from './playback-model.ts';
import { type PlaylistEdge, parsePlaylistEdge } from './playlist-edge.ts';
import { playlistText, type RawAnswer, RawConnection, rawRequest } from './raw-client.ts';
import { percentile } from './statistics.ts';
import { answerCalls } from './worker.ts';

export type Times = { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };

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
/** Pause after a failed request. */
const RETRY_MS = 500;
/** The end of a playlist names its newest part or segment, and that of a compressed one is a checksum: equal ends are parsed once. */
const TAIL_BYTES = 200;
const REMEMBERED_PLAYLISTS = 20;
const LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

const playlistsMs: number[] = [];
const mediaMs: number[] = [];
let arrivals = new Map<string, number[]>();
let bytes = 0;
let errors = 0;
let stallsBefore = 0;
const players: PlaybackModel[] = [];
const parsed = new Map<string, PlaylistEdge>();
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loop.enable();

answerCalls<ViewersCalls>({
  follow: ({ mediaUrl, viewers }) => {
    spread(viewers, () => void view(mediaUrl, 0));
    return undefined;
  },
  poll: ({ mediaUrl, viewers, intervalMs }) => {
    spread(viewers, () => void view(mediaUrl, intervalMs));
    return undefined;
  },
  repeat: ({ playlistUrl, mediaUrl, viewers, intervalMs }) => {
    const pairs = Array.from({ length: viewers }, () => [
      new Fetcher(playlistUrl, playlistsMs),
      new Fetcher(mediaUrl, mediaMs),
    ]).flat();
    setInterval(() => {
      for (const fetcher of pairs) void fetcher.fetchUnlessBusy(fetcher.path);
    }, intervalMs);
    return undefined;
  },
  take: () => {
    const stalls = players.reduce((sum, player) => sum + player.stalls, 0);
    const report = {
      playlists: times(playlistsMs),
      media: times(mediaMs),
      bytes,
      errors,
      stalls: stalls - stallsBefore,
      arrivals: [...arrivals].map(([partUri, atMs]) => ({ partUri, atMs })),
      lateP99Ms: Math.max(0, loop.percentile(99) / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS),
    };
    stallsBefore = stalls;
    playlistsMs.length = 0;
    mediaMs.length = 0;
    arrivals = new Map();
    bytes = 0;
    errors = 0;
    loop.reset();
    return report;
  },
});

/** A connection that is opened again when it fails, and the times of its answers. */
class Fetcher {
  readonly path: string;
  readonly #port: number;
  readonly #into: number[];
  #connection: RawConnection | undefined;
  #isBusy = false;

  constructor(url: string, into: number[]) {
    const { port, pathname } = new URL(url);
    this.path = pathname;
    this.#port = Number(port);
    this.#into = into;
  }

  /** Rejects for any status but 200. */
  async fetch(path: string, keepsBody: boolean): Promise<RawAnswer> {
    if (this.#connection?.isOpen !== true) this.#connection = new RawConnection(this.#port);
    const startedAt = performance.now();
    const answer = await this.#connection.ask(rawRequest(path), keepsBody);
    this.#into.push(performance.now() - startedAt);
    bytes += answer.bodyBytes;
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer;
  }

  async fetchUnlessBusy(path: string): Promise<void> {
    // A server that is a whole interval behind counts as an error.
    if (this.#isBusy) return countError();
    this.#isBusy = true;
    await this.fetch(path, false).catch(countError);
    this.#isBusy = false;
  }
}

/** One viewer with a connection for playlists and one for media. Without an interval it uses blocking reload. */
async function view(mediaUrl: string, intervalMs: number): Promise<void> {
  const playlists = new Fetcher(mediaUrl, playlistsMs);
  const media = mediaQueue(mediaUrl);
  const isBlocking = intervalMs === 0;
  let path = playlists.path;
  let lastUri: string | undefined;
  for (;;) {
    try {
      const edge = edgeOf((await playlists.fetch(path, true)).body);
      const uris = isBlocking ? edge.partUris : edge.segmentUris;
      const durationsMs = isBlocking ? edge.partsMs : edge.segmentsMs;
      const known = lastUri === undefined ? uris.length - 2 : uris.indexOf(lastUri);
      for (let index = known + 1; index < uris.length; index += 1) {
        media(uris[index] ?? '', durationsMs[index] ?? 0);
      }
      const isFirst = lastUri === undefined;
      lastUri = uris.at(-1) ?? lastUri;
      if (isBlocking) {
        if (!isFirst && lastUri !== undefined) noteArrival(lastUri);
        path = `${playlists.path}?_HLS_msn=${edge.lastMsn + 1}&_HLS_part=${edge.openParts}`;
      } else {
        await delay(intervalMs);
      }
    } catch {
      countError();
      path = playlists.path;
      await delay(RETRY_MS);
    }
  }
}

/** @returns a function that fetches media in order on a connection of its own and plays it */
function mediaQueue(mediaUrl: string): (uri: string, durationMs: number) => void {
  const fetcher = new Fetcher(mediaUrl, mediaMs);
  const player = new PlaybackModel();
  players.push(player);
  let last = Promise.resolve();
  return (uri, durationMs) => {
    const path = new URL(uri, mediaUrl).pathname;
    last = last.then(async () => {
      try {
        await fetcher.fetch(path, false);
        player.received(performance.now(), durationMs);
      } catch {
        countError();
      }
    });
  };
}

function edgeOf(body: Buffer): PlaylistEdge {
  const key = `${body.length} ${body.toString('latin1', Math.max(0, body.length - TAIL_BYTES))}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const edge = parsePlaylistEdge(playlistText(body));
  parsed.set(key, edge);
  const [oldest] = parsed.keys();
  if (parsed.size > REMEMBERED_PLAYLISTS && oldest !== undefined) parsed.delete(oldest);
  return edge;
}

function noteArrival(partUri: string): void {
  const atMs = performance.timeOrigin + performance.now();
  const known = arrivals.get(partUri);
  if (known === undefined) arrivals.set(partUri, [atMs]);
  else known.push(atMs);
}

function spread(count: number, start: () => void): void {
  for (let index = 0; index < count; index += 1) {
    setTimeout(start, (index * ARRIVAL_SPREAD_MS) / count);
  }
}

function countError(): void {
  errors += 1;
}

function times(samples: readonly number[]): Times {
  return { count: samples.length, p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}
