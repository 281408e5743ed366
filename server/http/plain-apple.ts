// Players of Apple's systems that come without TLS. They play low latency over HTTP/2 only, and speak it over TLS only.

import type { HttpRequest } from './http-exchange.ts';
import { headerOf } from './request-header.ts';

/** What AVPlayer and Safari's own player call themselves; a player on Media Source Extensions has the browser's name. */
const APPLE_PLAYER = 'AppleCoreMedia';

/** Whether a request is of such a player, as far as the gateway can see: a proxy that ends TLS says so in a header. */
export function isPlainApple(request: HttpRequest): boolean {
  const isApple = headerOf(request, 'user-agent')?.includes(APPLE_PLAYER) === true;
  if (!isApple || 'encrypted' in request.socket) return false;
  const { forwarded, 'x-forwarded-proto': proto } = request.headers;
  return proto !== 'https' && forwarded?.includes('proto=https') !== true;
}
