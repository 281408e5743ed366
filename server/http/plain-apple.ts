// Players of Apple's systems that come without TLS. They play low latency over HTTP/2 only, and speak it over TLS only.

import type { IncomingMessage } from 'node:http';

/** What AVPlayer and Safari's own player call themselves; a player on Media Source Extensions has the browser's name. */
const APPLE_PLAYER = 'AppleCoreMedia';

/** Whether a request is of such a player, as far as the gateway can see: a proxy that ends TLS says so in a header. */
export function isPlainApple({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  if (headers['user-agent']?.includes(APPLE_PLAYER) !== true || 'encrypted' in socket) return false;
  const { forwarded, 'x-forwarded-proto': proto } = headers;
  return proto !== 'https' && forwarded?.includes('proto=https') !== true;
}
