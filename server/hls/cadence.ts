// Predicts the next timestamp of a track with a constant frame rate. So a part can end with the arrival of its last picture, and need
// not wait for the picture after it (decision 23).

import { TICKS_PER_MS } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';

/**
 * RTMP rounds timestamps to milliseconds: their distances repeat after so many pictures. 1: 25 and 50 a second; 3: 24, 30, 60, 120;
 * 6: 48; 24: 23.976; 30: 29.97; 60: 59.94.
 */
const PERIODS = [1, 3, 6, 24, 30, 60] as const;
const LONGEST_PERIOD = 60;
/** So many frames are a whole number of milliseconds, but for the rounding of the frame duration. */
const ROUNDING = TICKS_PER_MS / 1000;
/** Right predictions in a row before one is used: they end with the first segment's last picture at 30 pictures a second. */
const ENOUGH = 8;
/** The same after a prediction that was used and wrong: ten seconds at 30 pictures a second. */
const ENOUGH_AGAIN = 300;

export class Cadence {
  readonly #period: number | undefined;
  /** A millisecond: where rounding is undecided, timestamps differ by it. */
  readonly #tolerance: number;
  /** The last timestamps, by their number modulo the length. */
  readonly #times = new Float64Array(LONGEST_PERIOD + 1);
  #count = 0;
  #right = 0;
  #enough = ENOUGH;

  /** `frameDuration` is on the common scale. Sound has a sample clock. */
  constructor({ kind, timescale }: Track, frameDuration: number) {
    this.#tolerance = timescale / 1000;
    this.#period = kind === 'audio' ? 1 : PERIODS.find((period) => isWholeMs(period * frameDuration));
  }

  note(time: number): void {
    const predicted = this.#predicted();
    const isRight = predicted !== undefined && this.agrees(time, predicted);
    this.#right = isRight ? this.#right + 1 : 0;
    this.#times[this.#count % this.#times.length] = time;
    this.#count += 1;
  }

  agrees(time: number, predicted: number): boolean {
    return Math.abs(time - predicted) <= this.#tolerance;
  }

  /** A used prediction was wrong. */
  distrust(): void {
    this.#right = 0;
    this.#enough = ENOUGH_AGAIN;
  }

  /** The timestamp after the last one; undefined if it is not certain enough. */
  next(): number | undefined {
    return this.#right < this.#enough ? undefined : this.#predicted();
  }

  #predicted(): number | undefined {
    const period = this.#period;
    if (period === undefined || this.#count < period + 1) return undefined;
    return this.#at(1) + this.#at(period) - this.#at(period + 1);
  }

  /** The last timestamp is 1 back. */
  #at(back: number): number {
    return this.#times[(this.#count - back) % this.#times.length] ?? 0;
  }
}

function isWholeMs(ticks: number): boolean {
  const rest = ticks % TICKS_PER_MS;
  return Math.min(rest, TICKS_PER_MS - rest) <= ROUNDING;
}
