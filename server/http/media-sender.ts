// Sends stored media. Its memory stays pinned until the response closes: all bytes were sent, or the client has left.

import { systemClock } from '../clock.ts';
import { type Guard, guarded } from '../guard.ts';
import type { PinnedBytes } from '../hls/hls-origin.ts';
import { type Logger, silentLogger } from '../log.ts';
import type { HttpReply } from './http-exchange.ts';
import { endPaced, isEncrypted } from './paced-write.ts';

/**
 * Longest time of a response. After it no live player needs the segment, which has left the window, and the stream needs the
 * pinned memory.
 */
const MAX_SENDING_MS = 60_000;
const SWEEP_INTERVAL_MS = 1_000;

/** Sends chunks of pinned memory. One timer checks all responses. */
export class MediaSender {
  readonly #log: Logger;
  readonly #maxSendingMs: number;
  /** Current responses and their start times, oldest first. */
  readonly #sending = new Map<HttpReply, number>();
  readonly #sweep: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxSendingMs = MAX_SENDING_MS, log: Logger = silentLogger) {
    this.#log = log;
    this.#maxSendingMs = maxSendingMs;
    this.#sweep = guarded({ log }, () => this.#endSlow());
  }

  /** Ends `response`, whose head is written and which has the socket, with `chunks`. */
  send(response: HttpReply, chunks: readonly PinnedBytes[]): void {
    const guard = this.hold(response, chunks);
    if (isEncrypted(response)) {
      const buffers = chunks.map(({ bytes }) => bytes);
      return endPaced(response, buffers, guard);
    }
    response.cork();
    for (const { bytes } of chunks) response.write(bytes);
    response.end();
    response.uncork();
  }

  /** Pins `chunks` until `response` closes, which it has to do in time. @returns what ends it after a fault */
  hold(response: HttpReply, chunks: readonly PinnedBytes[]): Guard {
    for (const { block } of chunks) block.pin();
    this.#sending.set(response, systemClock.monotonicMs());
    const guard = { log: this.#log, close: () => void response.destroy() };
    this.#timer ??= setInterval(this.#sweep, SWEEP_INTERVAL_MS).unref();
    const release = guarded(guard, () => {
      this.#sending.delete(response);
      for (const { block } of chunks) block.unpin();
    });
    // `close` follows the last byte or a lost connection.
    response.once('close', release);
    return guard;
  }

  #endSlow(): void {
    const oldest = systemClock.monotonicMs() - this.#maxSendingMs;
    for (const [response, startedAt] of this.#sending) {
      if (startedAt > oldest) break;
      response.destroy();
    }
    if (this.#sending.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
