// Limits the bitrate of a publisher, averaged over a minute. A minute of media may arrive at once.

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

/**
 * After a network outage an encoder sends its buffer at once. The media of this time is accepted at any speed.
 */
export const BURST_S = 60;
const BITS = 8;

/** A leaky bucket with the allowed rate. */
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

  /** Counts bytes of the publisher. Throws GatewayError `bitrate` above the limit. */
  count(byteCount: number): void {
    if (this.#maxBitsPerSecond === 0) return;
    this.#leak();
    this.#fill += byteCount;
    if (this.#fill <= this.#bytesPerMs * BURST_S * 1000) return;
    throw new GatewayError(
      'limit',
      'bitrate',
      `more than ${this.#maxBitsPerSecond} bit/s came, averaged over ${BURST_S} s; lower the encoder's bitrate`,
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
