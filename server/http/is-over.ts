// Whether a response can still be sent: over HTTP/1.1 and HTTP/2 this is seen in different places.

import type { ServerResponse } from 'node:http';

/** Whether the request was answered or the client has left. */
export function isOver(response: ServerResponse): boolean {
  // A response of HTTP/2 has no `destroyed`, and loses its socket when its stream closes.
  const isGone = response.destroyed || response.socket === undefined || response.req.socket.destroyed;
  return isGone || response.writableEnded;
}
