// When one connection's socket is read: after its share it rests, and other connections have their turn.

import type { Socket } from 'node:net';
import { type Guard, guarded } from '../guard.ts';

/**
 * Received from one connection before others have their turn. Without it libuv reads a socket that always has more up to 32
 * times in a row, 64 KiB each time: 2 MiB of one publisher while all others wait.
 */
const MAX_TURN_BYTES = 64 * 1024;

export class ReadTurns {
  readonly #socket: Socket;
  readonly #guard: Guard;
  readonly #onTurn: () => void;
  #next: NodeJS.Immediate | undefined;
  /** Received since the last turn. */
  #byteCount = 0;

  /** `onTurn` is called when the turn of a connection that rests has come. */
  constructor(socket: Socket, guard: Guard, onTurn: () => void) {
    this.#socket = socket;
    this.#guard = guard;
    this.#onTurn = onTurn;
  }

  count(byteCount: number): void {
    this.#byteCount += byteCount;
  }

  /** While something received is left unread, or the share of this turn is used up, the socket rests. */
  readOn(hasUnread: boolean): void {
    if (!hasUnread && this.#byteCount < MAX_TURN_BYTES) {
      if (this.#socket.isPaused()) this.#socket.resume();
      return;
    }
    this.#socket.pause();
    this.#next ??= setImmediate(guarded(this.#guard, () => this.#take()));
  }

  /** No turn comes any more. */
  stop(): void {
    clearImmediate(this.#next);
  }

  #take(): void {
    this.#next = undefined;
    this.#byteCount = 0;
    this.#onTurn();
  }
}
