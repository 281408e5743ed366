// Pauses a connection's socket after a share of bytes, so that other connections have a turn.

import type { Socket } from 'node:net';
import { type Guard, guarded } from '../guard.ts';

/**
 * Bytes of one connection per turn. Without this limit libuv reads a busy socket up to 32 times in a row, 64 KiB each: 2 MiB of
 * one publisher while all others wait.
 */
const MAX_TURN_BYTES = 64 * 1024;

export class ReadTurns {
  readonly #socket: Socket;
  readonly #guard: Guard;
  readonly #onTurn: () => void;
  #next: NodeJS.Immediate | undefined;
  /** Received since the last turn. */
  #byteCount = 0;

  /** `onTurn` is called at the next turn of a paused connection. */
  constructor(socket: Socket, guard: Guard, onTurn: () => void) {
    this.#socket = socket;
    this.#guard = guard;
    this.#onTurn = onTurn;
  }

  count(byteCount: number): void {
    this.#byteCount += byteCount;
  }

  /** Pauses the socket while received bytes are unread or the share of this turn is used up. */
  readOn(hasUnread: boolean): void {
    if (!hasUnread && this.#byteCount < MAX_TURN_BYTES) {
      if (this.#socket.isPaused()) this.#socket.resume();
      return;
    }
    this.#socket.pause();
    this.#next ??= setImmediate(guarded(this.#guard, () => this.#take()));
  }

  /** Cancels further turns. */
  stop(): void {
    clearImmediate(this.#next);
  }

  #take(): void {
    this.#next = undefined;
    this.#byteCount = 0;
    this.#onTurn();
  }
}
