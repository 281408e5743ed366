// Limits publish requests of one connection, because each publication makes a stream, log lines and work for every output.

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';

const WINDOW_MS = 60_000;

export class PublishRate {
  readonly #maxPerMinute: number;
  readonly #clock: MonotonicClock;
  #windowStartedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(maxPerMinute: number, clock: MonotonicClock) {
    this.#maxPerMinute = maxPerMinute;
    this.#clock = clock;
  }

  /** Counts a request. Throws GatewayError `publish_rate` if there are too many in a minute. */
  count(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#windowStartedAt >= WINDOW_MS) {
      this.#windowStartedAt = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= this.#maxPerMinute) return;
    throw new GatewayError(
      'limit',
      'publish_rate',
      `more than ${this.#maxPerMinute} publish requests came within a minute on one connection`,
    );
  }
}
