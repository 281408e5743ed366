// Many viewers in one process that follow a low-latency playlist like a player, or fetch the same two files at the same
// pace.

import { Agent, get } from 'node:http';
import { parsePlaylistEdge } from './playlist-edge.ts';
import { percentile } from './statistics.ts';
import { answerCalls } from './worker.ts';

export type Times = { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };

export type ViewersReport = {
  readonly playlists: Times;
  readonly parts: Times;
  /** From the first viewer's playlist with a new part to each viewer's. */
  readonly crowd: Times;
  readonly bytes: number;
  readonly errors: number;
};

export type ViewersCalls = {
  /** Blocking reload plus every part (RFC 8216bis clause 6.2.5.2). */
  readonly follow: {
    readonly request: { readonly mediaUrl: string; readonly viewers: number };
    readonly reply: undefined;
  };
  /** Playlist and part as files, all viewers at once every `intervalMs`. */
  readonly repeat: {
    readonly request: {
      readonly playlistUrl: string;
      readonly partUrl: string;
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
/** hls.js gives up on a playlist after this time. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Playlist versions to keep; older ones have reached every viewer. */
const REMEMBERED_VERSIONS = 50;

let playlistsMs: number[] = [];
let partsMs: number[] = [];
let crowdMs: number[] = [];
let bytes = 0;
let errors = 0;
const firstSeenAt = new Map<string, number>();

answerCalls<ViewersCalls>({
  follow: ({ mediaUrl, viewers }) => {
    for (let index = 0; index < viewers; index += 1) {
      setTimeout(() => void follow(mediaUrl), (index * ARRIVAL_SPREAD_MS) / viewers);
    }
    return undefined;
  },
  repeat: ({ playlistUrl, partUrl, viewers, intervalMs }) => {
    const agents = Array.from({ length: viewers }, () => newAgent());
    setInterval(() => {
      for (const agent of agents) {
        void fetchTimed(agent, playlistUrl, playlistsMs).catch(countError);
        void fetchTimed(agent, partUrl, partsMs).catch(countError);
      }
    }, intervalMs);
    return undefined;
  },
  take: () => {
    const report = {
      playlists: times(playlistsMs),
      parts: times(partsMs),
      crowd: times(crowdMs),
      bytes,
      errors,
    };
    playlistsMs = [];
    partsMs = [];
    crowdMs = [];
    bytes = 0;
    errors = 0;
    return report;
  },
});

/** One viewer: requests the next playlist at once, and new parts beside it. */
async function follow(mediaUrl: string): Promise<void> {
  const agent = newAgent();
  let url = mediaUrl;
  let lastPart: string | undefined;
  for (;;) {
    try {
      const text = (await fetchTimed(agent, url, url === mediaUrl ? [] : playlistsMs)).toString('latin1');
      const { lastMsn, openParts, partUris } = parsePlaylistEdge(text);
      if (url !== mediaUrl) noteCrowd(`${lastMsn}.${openParts}`);
      const known = lastPart === undefined ? -1 : partUris.indexOf(lastPart);
      const fresh = known < 0 ? partUris.slice(-1) : partUris.slice(known + 1);
      lastPart = partUris.at(-1) ?? lastPart;
      for (const uri of fresh) {
        void fetchTimed(agent, new URL(uri, mediaUrl).href, partsMs).catch(countError);
      }
      url = `${mediaUrl}?_HLS_msn=${lastMsn + 1}&_HLS_part=${openParts}`;
    } catch {
      countError();
      url = mediaUrl;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function noteCrowd(version: string): void {
  const now = performance.now();
  const first = firstSeenAt.get(version);
  if (first !== undefined) crowdMs.push(now - first);
  else firstSeenAt.set(version, now);
  const [oldest] = firstSeenAt.keys();
  if (firstSeenAt.size > REMEMBERED_VERSIONS && oldest !== undefined) firstSeenAt.delete(oldest);
}

/** GETs to the last byte and adds the time it took to `into`. Rejects for any status but 200. */
function fetchTimed(agent: Agent, url: string, into: number[]): Promise<Buffer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        into.push(performance.now() - startedAt);
        const body = Buffer.concat(chunks);
        bytes += body.length;
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    request.once('timeout', () => request.destroy(new Error(`${url}: no answer`)));
    request.once('error', reject);
  });
}

/** Connections of one browser: one for the held playlist, one for parts. */
function newAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 2 });
}

function countError(): void {
  errors += 1;
}

function times(samples: readonly number[]): Times {
  return { count: samples.length, p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}
