// Sends playlists in the coding that the client prefers (RFC 9110 clause 12.5.3), with the time for which caches may keep them
// (RFC 8216bis appendix B.1). Nothing is rendered here.

import {
  CONTENT_CODINGS,
  type CodedText,
  type ContentCoding,
  type PlaylistCaching,
} from '../hls/hls-origin.ts';
import { chooseCoding } from './content-coding.ts';
import type { HttpReply } from './http-exchange.ts';
import { type RepeatedAnswer, sendRepeated } from './repeated-answer.ts';
import { headerOf } from './request-header.ts';

/**
 * How long shared caches keep a playlist, seconds. `newest`: the answer to a request without a position. Kept for a second it
 * takes most requests off the gateway, and players find the edge by blocking reload. `position`: the answer for one position
 * never changes. A minute is enough, because players advance.
 */
const SHARED_MAX_AGE_S: Readonly<Record<PlaylistCaching, number>> = { newest: 1, position: 60 };

const HEADERS = {
  newest: headersByCoding('newest'),
  position: headersByCoding('position'),
} as const;

/** Answers by body: a text has one Buffer for each coding. */
const answers: Readonly<Record<PlaylistCaching, WeakMap<Buffer, RepeatedAnswer>>> = {
  newest: new WeakMap(),
  position: new WeakMap(),
};

/** Sends a playlist in the coding that the client prefers; HEAD gets the head only. */
export function sendPlaylist(response: HttpReply, text: CodedText, caching: PlaylistCaching): void {
  const coding = chooseCoding(headerOf(response.req, 'accept-encoding'));
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
    // Browsers must not cache playlists.
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
