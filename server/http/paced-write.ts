// Writes media inside TLS in pieces, because encryption copies everything that is written.

import { type Guard, guarded } from '../guard.ts';
import type { HttpReply } from './http-exchange.ts';

/**
 * Bytes of one response inside TLS. Otherwise an HTTP/2 peer that opens every window and reads nothing would make the gateway
 * copy a segment for each request.
 */
const MAX_PIECE_BYTES = 64 * 1024;

/** Whether writes are copied into TLS records. */
export function isEncrypted(response: HttpReply): boolean {
  return 'encrypted' in response.req.socket;
}

/** Ends `response` with `chunks`, each piece after the previous one was sent. Stops if the response closes. */
export function endPaced(response: HttpReply, chunks: readonly Uint8Array[], guard: Guard): void {
  const pieces = chunks.flatMap((chunk) => {
    const count = Math.ceil(chunk.length / MAX_PIECE_BYTES);
    return Array.from({ length: count }, (_, at) =>
      chunk.subarray(at * MAX_PIECE_BYTES, (at + 1) * MAX_PIECE_BYTES),
    );
  });
  const writeOn = guarded(guard, () => {
    for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
      const hasRoom = response.write(piece);
      if (!hasRoom && pieces.length > 0) return void response.once('drain', writeOn);
    }
    response.end();
  });
  writeOn();
}
