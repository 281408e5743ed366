// Whether a response can still be sent: over HTTP/1.1 and HTTP/2 this is seen in different places.

import type { HttpReply } from './http-exchange.ts';

/** Whether the request was answered or the client has left. */
export function isOver(response: HttpReply): boolean {
  // A response of HTTP/2 has no `destroyed`, and loses its socket when its stream closes.
  const { socket }: { readonly socket?: unknown } = response;
  const isGone = response.destroyed || socket === undefined || response.req.socket.destroyed;
  return isGone || response.writableEnded;
}
