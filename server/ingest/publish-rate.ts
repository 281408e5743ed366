// How often one connection may ask to publish: each publication makes a stream, log lines and work for every output.

import { GatewayError } from '../errors.ts';

const WINDOW_MS = 60_000;

export class PublishRate {
  readonly #maxPerMinute: number;
  readonly #now: () => number;
  #windowStartedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** `now` is monotonic, milliseconds. */
  constructor(maxPerMinute: number, now: () => number) {
    this.#maxPerMinute = maxPerMinute;
    this.#now = now;
  }

  /** Counts a request. Throws GatewayError `publish_rate` when there are too many in a minute. */
  count(): void {
    const now = this.#now();
    if (now - this.#windowStartedAt >= WINDOW_MS) {
      this.#windowStartedAt = now;
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
