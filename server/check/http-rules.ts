// Headers that players in pages and caches need (RFC 8216bis 4, 6.2.1; RFC 9111 5.2.2).

import type { Tell } from './findings.ts';
import type { Exchange } from './http-client.ts';

const PLAYLIST_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.apple.mpegurl',
  'audio/mpegurl',
  'application/x-mpegurl',
  'audio/x-mpegurl',
]);
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  ...['video/mp4', 'audio/mp4', 'application/mp4', 'video/iso.segment', 'audio/iso.segment'],
  ...['video/mp2t', 'audio/aac', 'audio/mpeg', 'text/vtt', 'audio/ac3', 'audio/eac3'],
]);

/** Target durations for which caches may keep an error (B.1). */
const MAX_ERROR_AGE_S = 30;

export function checkPlaylistHeaders(
  exchange: Exchange,
  live: { readonly targetDuration: number | undefined; readonly hasEnded: boolean },
  tell: Tell,
): void {
  const { url } = exchange;
  const type = contentType(exchange);
  if (!PLAYLIST_TYPES.has(type))
    tell('content_type', `a playlist has the type ${type === '' ? '(none)' : type}`, { url });
  checkCors(exchange, 'a playlist', tell);
  // The answer to a blocking reload never changes, so caches may keep it (B.1).
  if (new URL(url).searchParams.has('_HLS_msn')) return;
  const maxAge = maxAgeOf(exchange);
  const { targetDuration } = live;
  if (!live.hasEnded && targetDuration !== undefined && maxAge !== undefined && maxAge > targetDuration)
    tell('playlist_cached_too_long', `max-age=${maxAge}, TARGETDURATION is ${targetDuration}`, { url });
}

export function checkMediaHeaders(exchange: Exchange, tell: Tell): void {
  const { url } = exchange;
  const type = contentType(exchange);
  if (!MEDIA_TYPES.has(type))
    tell('content_type', `media has the type ${type === '' ? '(none)' : type}`, { url });
  checkCors(exchange, 'media', tell);
  const cacheControl = exchange.headers.get('cache-control') ?? '';
  if (/\bno-store\b/i.test(cacheControl) || maxAgeOf(exchange) === 0)
    tell('media_not_cacheable', `cache-control: ${cacheControl}`, { url });
}

/** For an answer other than 200. */
export function checkErrorHeaders(exchange: Exchange, tell: Tell): void {
  const maxAge = maxAgeOf(exchange);
  if (maxAge === undefined || maxAge <= MAX_ERROR_AGE_S) return;
  tell('error_cacheable', `status ${exchange.status} with max-age=${maxAge}`, { url: exchange.url });
}

function checkCors(exchange: Exchange, what: string, tell: Tell): void {
  if (exchange.headers.has('access-control-allow-origin')) return;
  tell('cors_missing', `${what} has no access-control-allow-origin`, { url: exchange.url });
}

function contentType(exchange: Exchange): string {
  return (exchange.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** s-maxage overrides max-age in shared caches. */
function maxAgeOf(exchange: Exchange): number | undefined {
  const cacheControl = exchange.headers.get('cache-control') ?? '';
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0;
  const match = /\bs-maxage=(\d+)/i.exec(cacheControl) ?? /\bmax-age=(\d+)/i.exec(cacheControl);
  return match === null ? undefined : Number(match[1]);
}
