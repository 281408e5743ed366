// Where the present run lies: by how much its samples are moved, and which date its times have (RFC 8216bis 4.4.4.6; decisions
// 6 and 9). Times are ticks of the common scale.

import type { Clock } from '../clock.ts';
import type { Sample } from '../media/sample.ts';
import { fromTicks, msOf } from '../media/ticks.ts';

export class RunClock {
  /**
   * Wall clock of time 0 of the playlist, whole milliseconds: the dates of a run are its times and this, so that they agree
   * with EXTINF however long it lasts.
   */
  #originMs = 0;
  /** End of the last part: where the next run begins at the earliest. */
  #edge = 0;
  /** Added to a source's times: a publisher that returns goes on where the last one stopped. */
  #shift = 0;
  #hasJumped = false;

  /** The source's clock was set anew: the next run takes its dates from the wall clock. */
  get hasJumped(): boolean {
    return this.#hasJumped;
  }

  noteJump(): void {
    this.#hasJumped = true;
  }

  /** A source is expected: nothing of the last one's clock holds for it. */
  reset(): void {
    this.#hasJumped = false;
  }

  /** A source's first run begins with its time `start`; its time 0 was at `originMs`. `isFirst`: nothing was played before. */
  beginSource(start: number, originMs: number, isFirst: boolean): void {
    this.#shift = isFirst ? 0 : this.#edge - start;
    this.#originMs = Math.round(originMs - msOf(this.#shift));
  }

  /** Where a time of the source lies in the playlist. */
  placeOf(time: number): number {
    return time + this.#shift;
  }

  /**
   * The source's next run begins with its time `time`, once the run before has been written.
   * @returns how much later it begins than that run went on: as much as what is left of that run has to move
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

  /** The date of a place in the playlist, milliseconds since the Unix epoch. */
  dateOf(place: number): number {
    return this.#originMs + msOf(place);
  }

  /** A sample of the source where it lies in the playlist. */
  placed(sample: Sample, timescale: number): Sample {
    return movedBy(sample, fromTicks(this.#shift, timescale));
  }
}

/** `ticks` are the track's own. */
export function movedBy(sample: Sample, ticks: number): Sample {
  return ticks === 0 ? sample : { ...sample, dts: sample.dts + ticks, pts: sample.pts + ticks };
}
