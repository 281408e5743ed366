// When a connection's socket is read: a share of bytes per turn, so that other connections have a turn; and later, while nothing that
// could arrive would make a new part, because a few large reads cost less than many small ones.

import type { Socket } from 'node:net';
import { type Guard, guarded } from '../guard.ts';
import type { HoldClock } from './hold-clock.ts';

/**
 * Bytes of one connection per turn, as many as one read takes. Without this limit libuv reads a busy socket up to 32 times in a row:
 * 2 MiB of one publisher while all others wait.
 */
const MAX_TURN_BYTES = 64 * 1024;
/** Bytes that may wait in the kernel: less than one read takes, and than the smallest receive window. */
const MAX_HELD_BYTES = 56 * 1024;
/** The longest pause, milliseconds: the end of a connection is noticed after it. */
const MAX_HOLD_MS = 150;
/** A shorter pause saves nothing: the next piece is rarely there. */
const MIN_HOLD_MS = 16;
/** Reading goes on this long before the next useful sample is due, milliseconds, because encoders and networks jitter. */
const MARGIN_MS = 6;
/** The rate of bytes is measured over this time, milliseconds. */
const RATE_WINDOW_MS = 500;

/**
 * A paused socket reads on until its buffer has `highWaterMark` bytes. One byte that is put back into the buffer of an RTMP socket fills
 * it (RTMP_SOCKETS), so that it stops at once. Then this byte is the first that the socket hands over.
 *
 * RTMPS sockets have Node's default of 16 KiB, which a TLS server cannot change. They read on up to it, and finish the read that exceeds
 * it: at most 80 KiB wait there. A pause saves them fewer reads, and nothing is lost. To fill their buffer would be worse: one read arrives
 * as several records, a pause may begin after the first, and a fast stream would fall behind.
 */
const STOP_BYTE = Buffer.from([0]);

const NOTHING = Buffer.alloc(0);

export class ReadTurns {
  readonly #socket: Socket;
  readonly #guard: Guard;
  readonly #holds: HoldClock;
  readonly #onTurn: () => void;
  readonly #onHeld: () => void;
  #next: NodeJS.Immediate | undefined;
  #cancelHold: (() => void) | undefined;
  /** The connection has ended: called when all that was received is read. */
  #onFinished: (() => void) | undefined;
  #isReadFirst = false;
  #hasStopByte = false;
  /** Received since the last turn. */
  #byteCount = 0;
  /** After a pause: the kernel has more of what has waited. */
  #isRestDue = false;
  #isLate = false;
  #rateBytes = 0;
  #rateSince: number | undefined;
  #bytesPerMs: number | undefined;

  /** `onTurn` is called at the next turn of a paused connection. */
  constructor(socket: Socket, guard: Guard, holds: HoldClock, onTurn: () => void) {
    this.#socket = socket;
    this.#guard = guard;
    this.#holds = holds;
    this.#onTurn = onTurn;
    this.#onHeld = guarded(guard, () => this.#endHold());
  }

  /** Whether received bytes have waited for the end of a pause, so that the time of their arrival is not known. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Counts what the socket has handed over. @returns what of it the peer has sent */
  take(bytes: Buffer, nowMs: number): Buffer {
    const received = this.#hasStopByte ? withoutFirst(bytes) : bytes;
    this.#hasStopByte = false;
    const byteCount = received.length;
    this.#byteCount += byteCount;
    this.#rateBytes += byteCount;
    this.#rateSince ??= nowMs;
    const elapsedMs = nowMs - this.#rateSince;
    if (elapsedMs < RATE_WINDOW_MS) return received;
    this.#bytesPerMs = this.#rateBytes / elapsedMs;
    this.#rateBytes = 0;
    this.#rateSince = nowMs;
    return received;
  }

  /**
   * Pauses the socket while received bytes are unread or the share of this turn is used up, and also if nothing is needed for
   * `patienceMs`.
   */
  readOn(hasUnread: boolean, patienceMs: number): void {
    if (this.#onFinished !== undefined && !hasUnread) return this.#onFinished();
    if (hasUnread || this.#byteCount >= MAX_TURN_BYTES) {
      this.#isRestDue = true;
      this.#socket.pause();
      this.#next ??= setImmediate(guarded(this.#guard, () => this.#takeTurn()));
      return;
    }
    const holdMs = this.#isRestDue ? 0 : this.#holdMs(patienceMs);
    this.#isLate = this.#isRestDue || holdMs > 0;
    if (this.#socket.readableLength === 0) this.#isRestDue = false;
    if (holdMs > 0) this.#hold(holdMs);
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /**
   * The connection has ended, which a socket tells also while it is paused. Calls `onFinished` at once, or after the turns that the
   * unread bytes need. The first reason counts.
   */
  finish(hasUnread: boolean, onFinished: () => void): void {
    if (hasUnread) this.#onFinished ??= onFinished;
    else onFinished();
  }

  /**
   * Whether what is unread should be read before the publisher is judged. Not twice in a row, because a flood of small messages is
   * never read to its end.
   */
  mustReadFirst(hasUnread: boolean): boolean {
    this.#isReadFirst = hasUnread && !this.#isReadFirst;
    return this.#isReadFirst;
  }

  /** Cancels further turns. */
  stop(): void {
    clearImmediate(this.#next);
    this.#cancelHold?.();
  }

  #holdMs(patienceMs: number): number {
    if (patienceMs <= MARGIN_MS || this.#bytesPerMs === undefined) return 0;
    const holdMs = Math.min(patienceMs - MARGIN_MS, MAX_HELD_BYTES / this.#bytesPerMs, MAX_HOLD_MS);
    return holdMs < MIN_HOLD_MS ? 0 : holdMs;
  }

  #hold(holdMs: number): void {
    if (this.#cancelHold !== undefined) return;
    this.#socket.pause();
    // After a pause that has just ended it is still there.
    if (!this.#hasStopByte) this.#socket.unshift(STOP_BYTE);
    this.#hasStopByte = true;
    this.#cancelHold = this.#holds.endIn(holdMs, this.#onHeld);
  }

  #endHold(): void {
    this.#cancelHold = undefined;
    this.#byteCount = 0;
    this.#isRestDue = this.#socket.readableLength > STOP_BYTE.length;
    this.#socket.resume();
  }

  #takeTurn(): void {
    this.#next = undefined;
    this.#byteCount = 0;
    this.#onTurn();
  }
}

function withoutFirst(bytes: Buffer): Buffer {
  return bytes.length === 1 ? NOTHING : bytes.subarray(1);
}
