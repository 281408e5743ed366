// Position and dates of the current run: the offset of its samples, and the date of its time 0 (RFC 8216bis 4.4.4.6; decisions
// 6 and 9). Times are ticks of the common scale.

import type { Clock } from '../clock.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, msOf } from '../media/ticks.ts';

export class RunClock {
  /**
   * Wall clock of time 0 of the playlist, whole milliseconds. Dates are this plus the times of the run, so they always agree with
   * EXTINF.
   */
  #originMs = 0;
  /** End of the last part: where the next run begins at the earliest. */
  #edge = 0;
  /** Added to a source's times, so that a returning publisher continues where the last one stopped. */
  #shift = 0;
  #hasJumped = false;

  /** The source's clock jumped: the next run takes its dates from the wall clock. */
  get hasJumped(): boolean {
    return this.#hasJumped;
  }

  noteJump(): void {
    this.#hasJumped = true;
  }

  /** A new source is expected: resets the clock. */
  reset(): void {
    this.#hasJumped = false;
  }

  /** A source's first run begins with its time `start`; its time 0 was at `originMs`. `isFirst`: nothing was played before. */
  beginSource(start: number, originMs: number, isFirst: boolean): void {
    this.#shift = isFirst ? 0 : this.#edge - start;
    this.#originMs = Math.round(originMs - msOf(this.#shift));
  }

  /** The playlist's time of a source's time. */
  placeOf(time: number): number {
    return time + this.#shift;
  }

  /**
   * The source's next run begins at its time `time`, after the previous run was written.
   * @returns how much later it begins than the previous run ended: the offset of the remaining samples
   */
  beginNext(time: number, clock: Pick<Clock, 'epochMs'>): number {
    const place = this.placeOf(time);
    const startsAt = Math.max(place, this.#edge);
    this.#shift = startsAt - time;
    if (this.#hasJumped) this.#originMs = Math.round(clock.epochMs() - msOf(startsAt));
    this.#hasJumped = false;
    return startsAt - place;
  }

  /** A part was written that ends at `end`. */
  noteEnd(end: number): void {
    this.#edge = end;
  }

  /** The date of a time in the playlist, milliseconds since the Unix epoch. */
  dateOf(place: number): number {
    return this.#originMs + msOf(place);
  }

  /** A sample with the playlist's times. */
  placed(sample: Sample, timescale: number): Sample {
    return movedBy(sample, fromTicks(this.#shift, timescale));
  }
}

/** `ticks` are the track's own. */
export function movedBy(sample: Sample, ticks: number): Sample {
  return ticks === 0 ? sample : { ...sample, dts: sample.dts + ticks, pts: sample.pts + ticks };
}
