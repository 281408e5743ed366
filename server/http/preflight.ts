// Preflights of media requests (Fetch standard clause 3.2.2, Private Network Access clause 3.1): any page may request media.

import type { HttpReply, HttpRequest } from './http-exchange.ts';

/** Headers that players send: Google Cast, Shaka, hls.js, and their statistics (CTA-5004). */
const KNOWN_HEADERS =
  'Accept, Accept-Encoding, Authorization, Cache-Control, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status, Content-Type, Range';
/** A list of header names; anything else is not copied into an answer. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
const MAX_NAMES_LENGTH = 1_024;
const MAX_AGE_S = 86_400;
const VARY = 'Access-Control-Request-Headers, Access-Control-Request-Private-Network';

/**
 * Allows all requested headers: media is public, and no header changes the answer. They are listed, because `*` does not
 * include Authorization and old browsers do not know it.
 */
export function sendPreflight(request: HttpRequest, response: HttpReply, methods: string): void {
  const asked = request.headers['access-control-request-headers'];
  const isList = asked !== undefined && asked.length <= MAX_NAMES_LENGTH && HEADER_NAMES.test(asked);
  // For a page on the internet that plays from a gateway in the viewer's network.
  const isPrivateNetwork = request.headers['access-control-request-private-network'] === 'true';
  response.writeHead(204, {
    allow: methods,
    'access-control-allow-origin': '*',
    'access-control-allow-methods': methods,
    'access-control-allow-headers': isList ? asked : KNOWN_HEADERS,
    'access-control-max-age': String(MAX_AGE_S),
    ...(isPrivateNetwork ? { 'access-control-allow-private-network': 'true' } : {}),
    vary: VARY,
  });
  response.end();
}
