// Playlists as responses: the coding that the client prefers (RFC 9110 clause 12.5.3), and how long caches may keep them
// (RFC 8216bis appendix B.1). Everything is made before; a response is two stored pieces.

import type { ServerResponse } from 'node:http';
import { CONTENT_CODINGS, type ContentCoding, type EncodedText } from '../hls/encoded-text.ts';
import { chooseCoding } from './content-coding.ts';

/**
 * How long shared caches keep a playlist, seconds. The newest one is given to everybody who asks now: a cache that keeps it
 * for a second takes the crowd off the gateway, and players find the edge from there by blocking reload. The first answer
 * that holds a position is what everybody who waited for that position gets, so caches may keep it as long as anybody could
 * ask; a minute, for it is little and soon useless.
 */
const SHARED_MAX_AGE_S = { newest: 1, 'first with a position': 60 } as const;
export type PlaylistCaching = keyof typeof SHARED_MAX_AGE_S;

/** Names and values in turn, as writeHead takes them without a second look. */
const HEADERS = {
  newest: headersByCoding('newest'),
  'first with a position': headersByCoding('first with a position'),
} as const;

/** Sends what the present cut says; a HEAD gets the head of it. */
export function sendPlaylist(response: ServerResponse, text: EncodedText, caching: PlaylistCaching): void {
  const { method, headers } = response.req;
  const accepted = headers['accept-encoding'];
  const coding = chooseCoding(typeof accepted === 'string' ? accepted : undefined);
  const bytes = text.bytes(coding);
  response.writeHead(200, [...HEADERS[caching][coding], 'content-length', String(bytes.length)]);
  response.end(method === 'HEAD' ? undefined : bytes);
}

function headersByCoding(caching: PlaylistCaching): Readonly<Record<ContentCoding, readonly string[]>> {
  const common = [
    ...['content-type', 'application/vnd.apple.mpegurl'],
    // Browsers ask every time: a playlist is never the same twice.
    ...['cache-control', `public, max-age=0, s-maxage=${SHARED_MAX_AGE_S[caching]}`],
    ...['vary', 'Accept-Encoding'],
    ...['access-control-allow-origin', '*'],
  ];
  const [br, gzip, identity] = CONTENT_CODINGS;
  return {
    [br]: [...common, 'content-encoding', br],
    [gzip]: [...common, 'content-encoding', gzip],
    [identity]: common,
  };
}
