// Responses that last until their client leaves. The limit of a response's duration does not apply to them; they have limits of their own.

import type { ServerResponse } from 'node:http';

const openEnded = new WeakSet<object>();

/** A response of HTTP/2 has a stream. */
export function markOpenEnded(response: ServerResponse & { readonly stream?: object }): void {
  openEnded.add(response);
  if (response.stream !== undefined) openEnded.add(response.stream);
}

/** `response` or the stream of HTTP/2. */
export function isOpenEnded(response: object): boolean {
  return openEnded.has(response);
}
