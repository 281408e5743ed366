// Sends init segments, parts and segments, whole or one range (RFC 9110 clause 14), without compression or copies.

import type { ReadyMedia } from '../hls/hls-origin.ts';
import { parseByteRange, sliceRange } from './byte-range.ts';
import type { HttpReply } from './http-exchange.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import type { MediaSender } from './media-sender.ts';
import { isEncrypted } from './paced-write.ts';
import { sendRepeatedBody } from './repeated-answer.ts';
import { headerOf } from './request-header.ts';

/**
 * A media URI contains the epoch of the process that wrote it, so its bytes never change. Names and values alternate, which
 * writeHead accepts without conversion.
 */
const MEDIA_HEADERS: readonly string[] = [
  ...['content-type', 'video/mp4'],
  ...['cache-control', 'public, max-age=31536000, immutable'],
  ...['accept-ranges', 'bytes'],
  ...['access-control-allow-origin', '*'],
  ...['access-control-expose-headers', 'Content-Length, Content-Range'],
  ...['cross-origin-resource-policy', 'cross-origin'],
];
const NO_SUCH_RANGE: Problem = {
  status: 416,
  title: 'No such range',
  detail: 'The range begins after the last byte; Content-Range has the length.',
};

/** Sends available media, or the requested range. */
export function sendMedia(response: HttpReply, media: ReadyMedia, sender: MediaSender): void {
  const length = media.content === 'init' ? media.bytes.length : media.byteLength;
  const range = wantedRange(response, length);
  if (range === 'unsatisfiable') {
    const headers = ['access-control-allow-origin', '*', 'content-range', `bytes */${length}`];
    return sendProblem(response, NO_SUCH_RANGE, headers);
  }
  if (range === undefined && media.content === 'media' && isUsual(response)) {
    sender.hold(response, media.chunks);
    return sendRepeatedBody(response, media, MEDIA_HEADERS);
  }
  const { first, last } = range ?? { first: 0, last: length - 1 };
  const partial = range === undefined ? [] : ['content-range', `bytes ${first}-${last}/${length}`];
  const headers = [...MEDIA_HEADERS, ...partial, 'content-length', String(last - first + 1)];
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (response.req.method === 'HEAD') response.end();
  else if (media.content === 'init') response.end(media.bytes.subarray(first, last + 1));
  else sender.send(response, range === undefined ? media.chunks : sliceRange(media.chunks, range));
}

/** Whether all bytes are sent at once: a GET without TLS, which is most of all requests. */
function isUsual(response: HttpReply): boolean {
  return response.req.method === 'GET' && !isEncrypted(response);
}

/** Range applies to GET only (14.2). If-Range never matches, because no validator is sent (13.1.5). */
function wantedRange(response: HttpReply, length: number): ReturnType<typeof parseByteRange> {
  const { req } = response;
  if (req.method !== 'GET') return undefined;
  const range = headerOf(req, 'range');
  return range === undefined || headerOf(req, 'if-range') !== undefined
    ? undefined
    : parseByteRange(range, length);
}
