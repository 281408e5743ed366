// A publisher may send at most so many bits per second over a minute; a minute's worth at once is no offence.

import { GatewayError } from '../errors.ts';

/**
 * What an encoder has kept back while its network was away comes at once when it is there again: as much as it would have
 * sent in this time is taken at any speed.
 */
export const BURST_S = 60;
const BITS = 8;

/** A bucket that fills with what comes and leaks at the allowed rate. */
export class BitrateCap {
  readonly #bytesPerMs: number;
  readonly #maxBitsPerSecond: number;
  readonly #now: () => number;
  #fill = 0;
  #lastAt: number;

  /** 0 allows any rate. `now` is monotonic, milliseconds. */
  constructor(maxBitsPerSecond: number, now: () => number) {
    this.#maxBitsPerSecond = maxBitsPerSecond;
    this.#bytesPerMs = maxBitsPerSecond / BITS / 1000;
    this.#now = now;
    this.#lastAt = now();
  }

  /** Counts bytes of the publisher. Throws GatewayError `bitrate` when they are too many for the time. */
  count(byteCount: number): void {
    if (this.#maxBitsPerSecond === 0) return;
    const now = this.#now();
    this.#fill = Math.max(0, this.#fill - (now - this.#lastAt) * this.#bytesPerMs) + byteCount;
    this.#lastAt = now;
    if (this.#fill <= this.#bytesPerMs * BURST_S * 1000) return;
    throw new GatewayError(
      'limit',
      'bitrate',
      `more than ${this.#maxBitsPerSecond} bit/s came for longer than ${BURST_S} s; lower the encoder's bitrate`,
    );
  }
}
