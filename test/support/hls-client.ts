// An HLS client for tests: hls-parser in strict mode, blocking reload (draft-pantos-hls-rfc8216bis 6.2.5.2), and all media
// bytes are kept.
import { setTimeout } from 'node:timers/promises';
import { parse, setOptions, type types } from 'hls-parser';

setOptions({ strictMode: true });

export type FetchedPlaylist<T> = {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly playlist: T;
};

/** One Partial Segment as listed, with its bytes. */
export type FetchedPart = {
  readonly url: string;
  readonly msn: number;
  readonly partIndex: number;
  /** Seconds, as the playlist says. */
  readonly duration: number;
  readonly isIndependent: boolean;
  readonly mapUrl: string;
  readonly bytes: Buffer;
};

export type FollowedMedia = {
  readonly parts: readonly FetchedPart[];
  /** Init segments by URL, in the order they were first used. */
  readonly inits: ReadonlyMap<string, Buffer>;
  /** One playable file: the init segment, then its parts; a new init segment at each change of the map. */
  readonly bytes: Buffer;
  /** Every playlist text received, oldest first. */
  readonly playlists: readonly string[];
  readonly hasEnded: boolean;
};

export type FollowOptions = {
  /** How many parts to collect; fewer if the playlist ends earlier. */
  readonly parts: number;
  /** Where to start: at the newest independent part (the default) or the oldest listed part. */
  readonly from?: 'edge' | 'oldest';
  readonly timeoutMs?: number;
};

type ListedPart = Omit<FetchedPart, 'bytes'>;

/** The gateway ends a held request within 8 s. */
const REQUEST_TIMEOUT_MS = 12_000;
const FOLLOW_TIMEOUT_MS = 60_000;
const SERVICE_UNAVAILABLE = 503;
const DEFAULT_RETRY_AFTER_S = 1;

/** A response with another status than 200. */
export class HttpStatusError extends Error {
  readonly status: number;
  readonly retryAfterS: number;

  constructor(response: Response, body: string) {
    super(`${response.url} answered ${response.status}: ${body}`);
    this.status = response.status;
    this.retryAfterS = Number(response.headers.get('retry-after') ?? DEFAULT_RETRY_AFTER_S);
  }
}

/** Fetches without a cache; resolves whatever the status. */
export function fetchFresh(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: init.signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}

/** Fetches a multivariant playlist. Throws when it is not 200, or not one. */
async function fetchMultivariant(url: string): Promise<FetchedPlaylist<types.MasterPlaylist>> {
  const { playlist, ...rest } = await fetchPlaylist(url);
  if (!playlist.isMasterPlaylist) throw new Error(`${url} is not a multivariant playlist:\n${rest.text}`);
  return { ...rest, playlist };
}

/** Fetches a media playlist. Throws when it is not 200, or not one. */
export async function fetchMedia(url: string): Promise<FetchedPlaylist<types.MediaPlaylist>> {
  const { playlist, ...rest } = await fetchPlaylist(url);
  if (playlist.isMasterPlaylist) throw new Error(`${url} is not a media playlist:\n${rest.text}`);
  return { ...rest, playlist };
}

/** URL of the first variant's media playlist. Throws when there is none. */
export async function firstMediaUrl(multivariantUrl: string): Promise<string> {
  const { url, playlist, text } = await fetchMultivariant(multivariantUrl);
  const variant = playlist.variants[0];
  if (variant === undefined) throw new Error(`${url} has no variant:\n${text}`);
  return new URL(variant.uri, url).href;
}

/** Follows a media playlist by blocking reload and collects its parts in order. */
export async function followMedia(mediaUrl: string, options: FollowOptions): Promise<FollowedMedia> {
  const deadline = Date.now() + (options.timeoutMs ?? FOLLOW_TIMEOUT_MS);
  const parts: FetchedPart[] = [];
  const playlists: string[] = [];
  const inits = new Map<string, Buffer>();
  let answer = await fetchMedia(mediaUrl);
  let pending = startAt(listParts(answer), options.from ?? 'edge');
  let hasEnded = false;
  while (true) {
    playlists.push(answer.text);
    for (const part of pending.slice(0, options.parts - parts.length)) {
      if (!inits.has(part.mapUrl)) inits.set(part.mapUrl, await fetchBytes(part.mapUrl));
      parts.push({ ...part, bytes: await fetchBytes(part.url) });
    }
    hasEnded = answer.playlist.endlist;
    if (hasEnded || parts.length >= options.parts) break;
    if (Date.now() > deadline)
      throw new Error(`only ${parts.length} of ${options.parts} parts in time:\n${answer.text}`);
    answer = await reloadPatiently(mediaUrl, answer, deadline);
    const last = parts.at(-1);
    const listed = listParts(answer);
    pending =
      last === undefined
        ? startAt(listed, options.from ?? 'edge')
        : listed.filter((part) => isAfter(part, last));
  }
  return { parts, inits, bytes: joinMedia(parts, inits), playlists, hasEnded };
}

/** The next playlist, held by the server until the next part is in it. */
export async function reload(
  mediaUrl: string,
  previous: FetchedPlaylist<types.MediaPlaylist>,
): Promise<FetchedPlaylist<types.MediaPlaylist>> {
  const { msn, partIndex } = nextPart(previous.playlist);
  const url = new URL(mediaUrl);
  url.searchParams.set('_HLS_msn', String(msn));
  url.searchParams.set('_HLS_part', String(partIndex));
  return fetchMedia(url.href);
}

/** A hold may end with 503 and Retry-After while the publisher is away. */
async function reloadPatiently(
  mediaUrl: string,
  previous: FetchedPlaylist<types.MediaPlaylist>,
  deadline: number,
): Promise<FetchedPlaylist<types.MediaPlaylist>> {
  while (true) {
    try {
      return await reload(mediaUrl, previous);
    } catch (error) {
      const isHold = error instanceof HttpStatusError && error.status === SERVICE_UNAVAILABLE;
      if (!isHold || Date.now() > deadline) throw error;
      await setTimeout(error.retryAfterS * 1000);
    }
  }
}

/** Media sequence number and index of the part after the last one listed. */
export function nextPart(playlist: types.MediaPlaylist): {
  readonly msn: number;
  readonly partIndex: number;
} {
  const last = playlist.segments.at(-1);
  if (last === undefined) return { msn: playlist.mediaSequenceBase ?? 0, partIndex: 0 };
  if (isComplete(last)) return { msn: last.mediaSequenceNumber + 1, partIndex: 0 };
  return { msn: last.mediaSequenceNumber, partIndex: last.parts.filter((part) => !part.hint).length };
}

/** All listed parts, oldest first, without hints. */
export function listParts({ url, playlist }: FetchedPlaylist<types.MediaPlaylist>): ListedPart[] {
  const listed: ListedPart[] = [];
  let mapUri: string | undefined;
  for (const segment of playlist.segments) {
    // hls-parser copies the map to every segment except the open one.
    mapUri = segment.map?.uri ?? mapUri;
    const real = segment.parts.filter((part) => !part.hint);
    for (const [partIndex, part] of real.entries()) {
      if (mapUri === undefined) throw new Error(`a part without EXT-X-MAP: ${part.uri}`);
      listed.push({
        url: new URL(part.uri, url).href,
        msn: segment.mediaSequenceNumber,
        partIndex,
        duration: part.duration ?? 0,
        isIndependent: part.independent === true,
        mapUrl: new URL(mapUri, url).href,
      });
    }
  }
  return listed;
}

async function fetchPlaylist(
  url: string,
): Promise<FetchedPlaylist<types.MasterPlaylist | types.MediaPlaylist>> {
  const response = await fetchFresh(url);
  const text = await response.text();
  if (response.status !== 200) throw new HttpStatusError(response, text);
  try {
    return {
      url: response.url,
      status: response.status,
      headers: response.headers,
      text,
      playlist: parse(text),
    };
  } catch (error) {
    throw new Error(`${url} is not a valid playlist: ${String(error)}\n${text}`);
  }
}

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetchFresh(url);
  if (response.status !== 200) throw new HttpStatusError(response, await response.text());
  return Buffer.from(await response.arrayBuffer());
}

function startAt(listed: readonly ListedPart[], from: 'edge' | 'oldest'): readonly ListedPart[] {
  if (from === 'oldest') return listed;
  const newest = listed.findLastIndex((part) => part.isIndependent);
  return newest === -1 ? [] : listed.slice(newest);
}

function isAfter(part: ListedPart, last: ListedPart): boolean {
  return part.msn > last.msn || (part.msn === last.msn && part.partIndex > last.partIndex);
}

function isComplete(segment: types.Segment): boolean {
  return segment.uri !== '';
}

function joinMedia(parts: readonly FetchedPart[], inits: ReadonlyMap<string, Buffer>): Buffer {
  const pieces: Buffer[] = [];
  let mapUrl: string | undefined;
  for (const part of parts) {
    const init = inits.get(part.mapUrl);
    if (part.mapUrl !== mapUrl && init !== undefined) pieces.push(init);
    mapUrl = part.mapUrl;
    pieces.push(part.bytes);
  }
  return Buffer.concat(pieces);
}
