// Media inside TLS, a piece at a time: what is given to encrypt is copied, so it is not given before it can leave.

import type { ServerResponse } from 'node:http';
import { type Guard, guarded } from '../guard.ts';

/**
 * Of one response in TLS's own memory. A peer of HTTP/2 that opens every window and reads nothing would otherwise have
 * the gateway copy a segment for each of its requests.
 */
const MAX_PIECE_BYTES = 64 * 1024;

/** Whether what is written here is copied into TLS records, by HTTP/1.1 or HTTP/2. */
export function isEncrypted(response: ServerResponse): boolean {
  return 'encrypted' in response.req.socket;
}

/** Ends `response` with `chunks`, the next piece when the one before has left. A response that closes is left alone. */
export function endPaced(response: ServerResponse, chunks: readonly Uint8Array[], guard: Guard): void {
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
