// Playlists as responses: the coding that the client prefers (RFC 9110 clause 12.5.3), and how long caches may keep them
// (RFC 8216bis appendix B.1). Everything is made before; a response is two stored pieces.

import type { ServerResponse } from 'node:http';
import {
  CONTENT_CODINGS,
  type CodedText,
  type ContentCoding,
  type PlaylistCaching,
} from '../hls/hls-origin.ts';
import { chooseCoding } from './content-coding.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';

/**
 * How long shared caches keep a playlist, seconds. `newest` is what everybody who asks now gets: a cache that keeps it for a
 * second takes the crowd off the gateway, and players find the edge from there by blocking reload. `position` is what everybody
 * who asks for that position gets, so caches may keep it as long as anybody could ask; a minute is enough, because players move
 * on.
 */
const SHARED_MAX_AGE_S: Readonly<Record<PlaylistCaching, number>> = { newest: 1, position: 60 };

const HEADERS = {
  newest: headersByCoding('newest'),
  position: headersByCoding('position'),
} as const;

/** By their bodies: a text has one Buffer for each coding. */
const answers: Readonly<Record<PlaylistCaching, WeakMap<Buffer, RepeatedAnswer>>> = {
  newest: new WeakMap(),
  position: new WeakMap(),
};

/** Sends a playlist in the coding that the client prefers; a HEAD gets the head of it. */
export function sendPlaylist(response: ServerResponse, text: CodedText, caching: PlaylistCaching): void {
  const accepted = response.req.headers['accept-encoding'];
  const coding = chooseCoding(typeof accepted === 'string' ? accepted : undefined);
  const body = text.bytes(coding);
  let answer = answers[caching].get(body);
  if (answer === undefined) {
    answer = { status: 200, headers: HEADERS[caching][coding], body };
    answers[caching].set(body, answer);
  }
  sendRepeated(response, answer);
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
