// When the next samples of a run are expected, from those that arrived. Encoders send in real time, so the sample that arrived with the
// least delay shows when a later one is there at the earliest.

import type { MonotonicClock } from '../clock.ts';

/** A longer way or a slower clock of the encoder is known after one to two of these, milliseconds. */
const WINDOW_MS = 2_000;

/** Times of media are milliseconds with any origin. */
export class ExpectedArrival {
  readonly #clock: MonotonicClock;
  /** The least difference of arrival and media time, in this window and in the one before. */
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #windowBeganAt = Number.NEGATIVE_INFINITY;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** The sample of `mediaMs` is there; it may have arrived earlier. */
  note(mediaMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#windowBeganAt >= WINDOW_MS) {
      this.#windowBeganAt = nowMs;
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
    }
    this.#least = Math.min(this.#least, nowMs - mediaMs);
  }

  /** How long the sample of `mediaMs` cannot be there, milliseconds; 0 before the first `note`. */
  msUntil(mediaMs: number): number {
    const delayMs = Math.min(this.#least, this.#leastBefore);
    if (delayMs === Number.POSITIVE_INFINITY) return 0;
    return Math.max(mediaMs + delayMs - this.#clock.monotonicMs(), 0);
  }
}
