// Work on many streams in small steps: between them the event loop reads publishers and answers viewers, so that media is not
// delayed by it.

import type { MonotonicClock } from './clock.ts';
import { type FaultLog, guarded } from './guard.ts';

/** A `yield` ends a step, which is the work on one stream. */
export type Work = IterableIterator<void>;

/** Time for steps in one turn of the event loop: media waits for it. A step takes some 20 µs, and more before its code is compiled. */
const TURN_MS = 2;

export type SmallStepsOptions = { readonly clock: MonotonicClock; readonly log: FaultLog };

export class SmallSteps {
  readonly #clock: MonotonicClock;
  readonly #step: () => void;
  readonly #turn: () => void;
  /** What is left, the next one last. */
  #works: Work[] = [];
  #next: NodeJS.Immediate | undefined;

  constructor({ clock, log }: SmallStepsOptions) {
    this.#clock = clock;
    this.#step = guarded({ log }, () => {
      const works = this.#works;
      const work = works.pop();
      // One that throws is over. After `close` this is no longer the list.
      if (work?.next().done === false) works.push(work);
    });
    this.#turn = guarded({ log }, () => {
      this.#next = undefined;
      this.#run(this.#clock.monotonicMs() + TURN_MS);
    });
  }

  /**
   * Does all works one after another: begins at once, and goes on in later turns. What is left of earlier ones is done before. A fault ends
   * its work, and no other. A step must not call it.
   */
  run(works: readonly Work[]): void {
    this.finish();
    this.#works = works.toReversed();
    this.#turn();
  }

  /** Does what is left, in this turn. */
  finish(): void {
    clearImmediate(this.#next);
    this.#run(Number.POSITIVE_INFINITY);
  }

  /** Nothing that is left is done. */
  close(): void {
    clearImmediate(this.#next);
    this.#works = [];
  }

  #run(endMs: number): void {
    while (this.#works.length > 0) {
      if (this.#clock.monotonicMs() >= endMs) {
        this.#next = setImmediate(this.#turn);
        return;
      }
      this.#step();
    }
  }
}
