// Ends a source that sends much more media than time has passed: its viewers cannot follow, and each part costs time that other
// streams need. A picture of some bytes that lasts ten seconds is fifty parts.

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { msOf } from '../media/ticks.ts';
import { MediaBudget } from './media-budget.ts';

/** For one stream. */
export class PaceLimit {
  readonly #maxAhead: number;
  readonly #budget: MediaBudget | undefined;
  #isAhead = false;

  /**
   * `maxAhead` may be sent at once, beside twice real time; 0 for no limit. A limit below one part of a slow picture (MAX_SLOW_PART) would
   * end a slow camera; the setting allows none. Lengths are ticks of the common scale.
   */
  constructor(clock: MonotonicClock, maxAhead: number) {
    this.#maxAhead = maxAhead;
    this.#budget = maxAhead === 0 ? undefined : new MediaBudget(clock, maxAhead);
  }

  /** A part of this duration was made. */
  count(duration: number): void {
    if (this.#budget !== undefined) this.#isAhead = this.#budget.take(1, duration) === 0;
  }

  /** The source has left: its last parts are no fault of the next one. */
  forget(): void {
    this.#isAhead = false;
  }

  /** Throws GatewayError `too_fast` if the last part was above the limit. */
  check(): void {
    if (!this.#isAhead) return;
    this.#isAhead = false;
    throw new GatewayError(
      'limit',
      'too_fast',
      `the media came faster than twice real time, and more than ${msOf(this.#maxAhead) / 1000} s ahead (stream.max-ahead); send in real time: ffmpeg needs -re before -i`,
    );
  }
}
