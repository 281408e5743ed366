// The end of a socket that has been told why: the peer gets time to read it.

import type { Socket } from 'node:net';
import { type Guard, guarded } from '../guard.ts';

/**
 * Half-closes, and destroys after `lingerMs` at most. What the peer still sends is read and dropped: with unread bytes its
 * kernel would drop the last reply.
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
