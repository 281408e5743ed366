// Counts the stalls of live playback: how many, how long, and whether so many that a larger distance from live would help.
import { StallWait } from './stall-wait.ts';

export type StallFacts = {
  /** Playback waits for media of a live stream. */
  readonly isWaiting: boolean;
  /** The wait belongs to a jump or a seek. */
  readonly isSeeking: boolean;
};

/** Two stalls within this time are not an accident. */
const WINDOW_MS = 60_000;
const TOO_MANY = 2;

/** Call `look` a few times a second; `nowMs` is of a monotonic clock. */
export class StallCount {
  #count = 0;
  #totalMs = 0;
  /** Of the last ones: as many as are too many. */
  #startsMs: readonly number[] = [];
  readonly #wait = new StallWait();
  #isCounted = false;
  #lookedAtMs: number | undefined;

  get count(): number {
    return this.#count;
  }

  /** All stalls together. */
  get totalMs(): number {
    return Math.round(this.#totalMs);
  }

  look(nowMs: number, { isWaiting, isSeeking }: StallFacts): void {
    const sinceMs = nowMs - (this.#lookedAtMs ?? nowMs);
    this.#lookedAtMs = nowMs;
    const stallSinceMs = this.#wait.look(nowMs, isWaiting && !isSeeking);
    if (stallSinceMs === undefined) this.#isCounted = false;
    else if (this.#isCounted) this.#totalMs += sinceMs;
    else {
      this.#isCounted = true;
      this.#count += 1;
      this.#totalMs += nowMs - stallSinceMs;
      this.#startsMs = [...this.#startsMs, stallSinceMs].slice(-TOO_MANY);
    }
  }

  /** At least two stalls began within the last minute. */
  isTooOften(nowMs: number): boolean {
    return this.#startsMs.filter((startMs) => nowMs - startMs <= WINDOW_MS).length >= TOO_MANY;
  }

  /** The distance from live has changed: earlier stalls say nothing about it. The sums stay. */
  forget(): void {
    this.#startsMs = [];
  }
}
