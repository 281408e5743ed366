// Stored media on its way out: the memory stays pinned until the last byte has left, or never will.

import type { ServerResponse } from 'node:http';
import { guarded } from '../guard.ts';
import type { ArenaSlice } from '../hls/part-arena.ts';
import { type Logger, silentLogger } from '../log.ts';
import { endPaced, isEncrypted } from './paced-write.ts';

/**
 * A segment that takes this long to arrive left the window long ago: no live player wants it, and its memory, which
 * the stream cannot use again meanwhile, would otherwise be the slowest reader's to keep.
 */
const MAX_SENDING_MS = 60_000;
const SWEEP_INTERVAL_MS = 1_000;

/** Sends slices of part memory; one sweep for all responses instead of a timer for each. */
export class MediaSender {
  readonly #log: Logger;
  readonly #maxSendingMs: number;
  /** Responses under way, oldest first, and when they began. */
  readonly #sending = new Map<ServerResponse, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(maxSendingMs = MAX_SENDING_MS, log: Logger = silentLogger) {
    this.#log = log;
    this.#maxSendingMs = maxSendingMs;
  }

  /** Ends `response`, whose head is written and whose turn it is on its connection, with the bytes of `slices`. */
  send(response: ServerResponse, slices: readonly ArenaSlice[]): void {
    for (const slice of slices) slice.block.pin();
    this.#sending.set(response, performance.now());
    const guard = { log: this.#log, close: () => void response.destroy() };
    const sweep = guarded({ log: this.#log }, () => this.#sweep());
    this.#timer ??= setInterval(sweep, SWEEP_INTERVAL_MS).unref();
    const release = guarded(guard, () => {
      this.#sending.delete(response);
      for (const slice of slices) slice.block.unpin();
    });
    // `close` comes after the last byte as well as after a lost connection.
    response.once('close', release);
    if (isEncrypted(response)) {
      const chunks = slices.map(({ bytes }) => bytes);
      return endPaced(response, chunks, guard);
    }
    response.cork();
    for (const slice of slices) response.write(slice.bytes);
    response.end();
    response.uncork();
  }

  #sweep(): void {
    const oldest = performance.now() - this.#maxSendingMs;
    for (const [response, startedAt] of this.#sending) {
      if (startedAt > oldest) break;
      response.destroy();
    }
    if (this.#sending.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
