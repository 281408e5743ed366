// A connection on which a player requests media, one after another. node:http parsed its first request, and gets the connection
// back with the first one that is not simple (docs/decisions/0021). Requests are answered in sequence (RFC 9112 clause 9.3.2).

import type { Socket } from 'node:net';
import { systemClock } from '../clock.ts';
import { type Guard, guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import { DirectRequest, type HeadFields, HeadReader } from './direct-head.ts';
import { DirectReply } from './direct-reply.ts';
import type { MediaRoute } from './http-exchange.ts';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_HEADER_BYTES,
  STALLED_RESPONSE_MS,
} from './http-limits.ts';
import type { ServingTurns } from './serving-turns.ts';

const HEAD_END = '\r\n\r\n';

export type DirectConnectionOptions = {
  readonly socket: Socket;
  readonly media: MediaRoute;
  /** Shared by all connections. */
  readonly turns: ServingTurns;
  /** Gives the connection to node:http, which reads what is in its buffer. */
  readonly leave: () => void;
  /** A head did not arrive in time. */
  readonly onSlow: () => void;
  readonly log: Logger;
};

export class DirectConnection {
  readonly #options: DirectConnectionOptions;
  readonly #guard: Guard;
  readonly #heads = new HeadReader();
  readonly #onData: (bytes: Buffer) => void;
  readonly #onEnd: () => void;
  readonly #onError: () => void;
  readonly #onTimeout: () => void;
  readonly #onClose: () => void;
  readonly #onSent: () => void;
  readonly #serveNow: () => void;
  /** The current answer, also while it waits for media. */
  #reply: DirectReply | undefined;
  #request: DirectRequest | undefined;
  /** Received and not read. */
  #rest: Buffer | undefined;
  /** When the current request came, or the last answer was sent; monotonic. */
  #sinceMs = systemClock.monotonicMs();
  /** When the first byte of an incomplete head came. */
  #headSinceMs: number | undefined;
  /** The current request is served in a later turn. */
  #isQueued = false;
  #isPaused = false;
  /** The peer sends no more. */
  #hasEnded = false;
  #isClosing = false;

  constructor(options: DirectConnectionOptions) {
    const { socket, log } = options;
    this.#options = options;
    this.#guard = { log, close: () => socket.destroy() };
    this.#onSent = guarded(this.#guard, () => this.#sent());
    this.#serveNow = guarded(this.#guard, () => this.#handle());
    this.#onData = guarded(this.#guard, (bytes) => this.#receive(bytes));
    this.#onEnd = guarded(this.#guard, () => this.#end());
    this.#onError = guarded(this.#guard, () => void socket.destroy());
    this.#onTimeout = guarded(this.#guard, () => this.#timeout());
    this.#onClose = guarded(this.#guard, () => this.#lost());
  }

  /** Serves a request that node:http has parsed, and then those behind it. */
  begin(target: string, fields: HeadFields, behind: Buffer): void {
    const { socket } = this.#options;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
    socket.on('error', this.#onError).on('timeout', this.#onTimeout);
    socket.setTimeout(STALLED_RESPONSE_MS);
    if (behind.length > 0) this.#rest = behind;
    this.#serve(target, fields);
    socket.resume();
  }

  get isIdle(): boolean {
    return this.#reply === undefined;
  }

  /** Since when there is no request; undefined while there is one. */
  get idleSinceMs(): number | undefined {
    return this.#reply === undefined ? this.#sinceMs : undefined;
  }

  /** When the current request came; undefined without one. */
  get turnSinceMs(): number | undefined {
    return this.#reply === undefined ? undefined : this.#sinceMs;
  }

  /** Ends the connection after its answer. */
  close(): void {
    this.#isClosing = true;
  }

  /** Ends a connection on which nothing was requested for too long. Called every few seconds. */
  check(nowMs: number): void {
    if (this.#reply !== undefined) return;
    if (this.#headSinceMs !== undefined && this.#headSinceMs < nowMs - HEADERS_TIMEOUT_MS)
      return this.#options.onSlow();
    if (this.#sinceMs < nowMs - KEEP_ALIVE_TIMEOUT_MS) this.#options.socket.destroy();
  }

  #receive(bytes: Buffer): void {
    const all = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    if (this.#reply === undefined) return this.#read(all);
    this.#rest = all;
    if (all.length < MAX_HEADER_BYTES || this.#isPaused) return;
    this.#isPaused = true;
    this.#options.socket.pause();
  }

  #read(bytes: Buffer): void {
    this.#rest = undefined;
    const repeated = this.#heads.readRepeated(bytes);
    if (repeated !== undefined && this.#options.media.serves(repeated.target))
      return this.#serve(repeated.target, repeated.fields);
    const end = bytes.indexOf(HEAD_END);
    if (end < 0 && bytes.length < MAX_HEADER_BYTES) {
      this.#rest = bytes;
      this.#headSinceMs ??= systemClock.monotonicMs();
      return;
    }
    const length = end + HEAD_END.length;
    const isWhole = end >= 0 && length <= MAX_HEADER_BYTES;
    const head = isWhole ? this.#heads.read(bytes.subarray(0, length)) : undefined;
    if (head === undefined || !this.#options.media.serves(head.target)) return this.#leave(bytes);
    if (length < bytes.length) this.#rest = bytes.subarray(length);
    this.#serve(head.target, head.fields);
  }

  #serve(target: string, fields: HeadFields): void {
    const { socket, turns } = this.#options;
    this.#headSinceMs = undefined;
    this.#sinceMs = systemClock.monotonicMs();
    this.#request = new DirectRequest(socket, target, fields);
    this.#reply = new DirectReply(this.#request, socket, this.#onSent);
    this.#isQueued = true;
    turns.run(this.#serveNow);
  }

  /** Serves the current request. */
  #handle(): void {
    this.#isQueued = false;
    const request = this.#request;
    const reply = this.#reply;
    // The client may have left meanwhile.
    if (request === undefined || reply === undefined) return;
    const { media, turns } = this.#options;
    media.handle(request, reply);
    if (!reply.headersSent) reply.onHeldAnswer = turns.noteHeld;
  }

  #sent(): void {
    const { socket } = this.#options;
    const reply = this.#reply;
    // The callback of a write that failed: the socket closes.
    if (reply === undefined || socket.destroyed) return;
    this.#reply = undefined;
    this.#sinceMs = systemClock.monotonicMs();
    reply.close(false);
    if (this.#isClosing) return void socket.end();
    if (this.#rest !== undefined) this.#read(this.#rest);
    // What is left is the beginning of a head, and its end does not come.
    if (this.#hasEnded && this.#reply === undefined) return void socket.end();
    if (!this.#isPaused || this.#reply !== undefined) return;
    this.#isPaused = false;
    socket.resume();
  }

  /** The peer still gets what can be answered now. As with node:http, its request does not wait any longer. */
  #end(): void {
    this.#hasEnded = true;
    if (this.#reply?.headersSent !== true && !this.#isQueued) this.#options.socket.end();
  }

  #timeout(): void {
    // A request that waits for media has no progress, and an idle connection has a limit of its own.
    if (this.#reply?.headersSent === true) this.#options.socket.destroy();
  }

  #lost(): void {
    const reply = this.#reply;
    this.#reply = undefined;
    reply?.close(true);
  }

  #leave(bytes: Buffer): void {
    const { socket, leave } = this.#options;
    // node:http would wait for an end that has been.
    if (this.#hasEnded) return void socket.end();
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    socket.off('error', this.#onError).off('timeout', this.#onTimeout);
    // Paused, so that the bytes are not told before somebody listens.
    socket.pause();
    socket.unshift(bytes);
    leave();
    socket.resume();
  }
}
