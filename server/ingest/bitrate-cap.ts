// A publisher may send at most so many bits per second over a minute; a minute's worth at once is no offence.

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

/**
 * What an encoder has kept back while its network was away comes at once when it is there again: as much as it would have
 * sent in this time is taken at any speed.
 */
export const BURST_S = 60;
const BITS = 8;

/** A bucket that fills with what comes and leaks at the allowed rate. */
export class BitrateCap {
  #maxBitsPerSecond: number;
  readonly #clock: MonotonicClock;
  #fill = 0;
  #lastAt: number;

  /** 0 allows any rate. */
  constructor(maxBitsPerSecond: number, clock: MonotonicClock) {
    this.#maxBitsPerSecond = maxBitsPerSecond;
    this.#clock = clock;
    this.#lastAt = clock.monotonicMs();
  }

  /** Changes the rate. What arrived stays counted, so that publishing again does not reset the limit. */
  limitTo(maxBitsPerSecond: number): void {
    this.#leak();
    this.#maxBitsPerSecond = maxBitsPerSecond;
  }

  /** Counts bytes of the publisher. Throws GatewayError `bitrate` when they are too many for the time. */
  count(byteCount: number): void {
    if (this.#maxBitsPerSecond === 0) return;
    this.#leak();
    this.#fill += byteCount;
    if (this.#fill <= this.#bytesPerMs * BURST_S * 1000) return;
    throw new GatewayError(
      'limit',
      'bitrate',
      `more than ${this.#maxBitsPerSecond} bit/s came for longer than ${BURST_S} s; lower the encoder's bitrate`,
    );
  }

  #leak(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#fill = Math.max(0, this.#fill - (nowMs - this.#lastAt) * this.#bytesPerMs);
    this.#lastAt = nowMs;
  }

  get #bytesPerMs(): number {
    return this.#maxBitsPerSecond / BITS / 1000;
  }
}
