// Limits media by the gateway's clock: what it makes itself in place of a lost track (decision 4), and what a source may send. The
// source's clock says how long media is, and it may jump or run too fast.

import type { MonotonicClock } from '../clock.ts';
import { ticksOfMs } from '../media/ticks.ts';
import { MAX_TRACK_SILENCE } from './track-presence.ts';

/** A source that catches up after a stall sends faster than real time, and some clocks run fast. */
const REAL_TIME_FACTOR = 2;
/** Two of the longest gaps may arrive at once: a link that stalls delivers what it has held. */
export const FILL_RESERVE = 2 * MAX_TRACK_SILENCE;

/**
 * Why nothing replaces a track that has stopped. `too-fast`: the source's clock jumps or runs faster than real time, and the budget is
 * spent. `impossible`: no silence can be made in its codec, or there is no IDR picture to repeat.
 */
export type NotReplaced = 'too-fast' | 'impossible';

/** For one kind of media of one stream: a source that starts again does not get a new reserve. Lengths are ticks of the common scale. */
export class MediaBudget {
  readonly #clock: MonotonicClock;
  readonly #reserve: number;
  #left: number;
  #atMs: number;

  /** Allows twice real time, and `reserve` at once. */
  constructor(clock: MonotonicClock, reserve: number) {
    this.#clock = clock;
    this.#reserve = reserve;
    this.#left = reserve;
    this.#atMs = clock.monotonicMs();
  }

  /**
   * Takes the length of `wanted` samples of `ticks` each.
   * @returns how many of them are within the budget
   */
  take(wanted: number, ticks: number): number {
    this.#earn();
    const granted = Math.max(Math.min(wanted, Math.floor(this.#left / ticks)), 0);
    this.#left -= granted * ticks;
    return granted;
  }

  #earn(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#left = Math.min(this.#left + ticksOfMs((nowMs - this.#atMs) * REAL_TIME_FACTOR), this.#reserve);
    this.#atMs = nowMs;
  }
}
