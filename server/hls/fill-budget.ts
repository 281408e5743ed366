// Limits the media that the gateway itself makes in place of a lost track (decision 4). The source's clock says how much is missing,
// and it may jump or run too fast; so the gateway's clock says how much may be made.

import type { MonotonicClock } from '../clock.ts';
import { ticksOfMs } from '../media/ticks.ts';
import { MAX_TRACK_SILENCE } from './track-presence.ts';

/** A source that catches up after a stall sends faster than real time. */
const REAL_TIME_FACTOR = 2;
/** Two of the longest gaps may arrive at once: a link that stalls delivers what it has held. */
const RESERVE = 2 * MAX_TRACK_SILENCE;

/**
 * Why nothing replaces a track that has stopped. `too-fast`: the source's clock jumps or runs faster than real time, and the budget is
 * spent. `impossible`: no silence can be made in its codec, or there is no IDR picture to repeat.
 */
export type NotReplaced = 'too-fast' | 'impossible';

/** For one kind of media of one stream: a source that starts again does not get a new reserve. */
export class FillBudget {
  readonly #clock: MonotonicClock;
  /** Length of the media that may be made now, ticks of the common scale. */
  #left = RESERVE;
  #atMs: number;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /**
   * Takes the length of `wanted` samples of `ticks` each, ticks of the common scale.
   * @returns how many of them may be made
   */
  take(wanted: number, ticks: number): number {
    const nowMs = this.#clock.monotonicMs();
    this.#left = Math.min(this.#left + ticksOfMs((nowMs - this.#atMs) * REAL_TIME_FACTOR), RESERVE);
    this.#atMs = nowMs;
    const granted = Math.max(Math.min(wanted, Math.floor(this.#left / ticks)), 0);
    this.#left -= granted * ticks;
    return granted;
  }
}
