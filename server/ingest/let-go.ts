// Closes a socket after its last message, with time for the peer to read it.

import type { Socket } from 'node:net';
import { type Guard, guarded } from '../guard.ts';

/**
 * Half-closes, and destroys after at most `lingerMs`. Input is read and dropped, because with unread bytes the peer's kernel would
 * drop the last reply.
 */
export function letGo(socket: Socket, guard: Guard, lingerMs: number): void {
  socket.resume();
  socket.end();
  const destroy = guarded(guard, () => void socket.destroy());
  const timer = setTimeout(destroy, lingerMs);
  socket.once(
    'close',
    guarded(guard, () => clearTimeout(timer)),
  );
}
