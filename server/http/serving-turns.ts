// Limits the answers of one turn of the event loop. When a part comes, thousands of viewers request it in the same moment, and
// publishers have to be read in between.

import { type Guard, guarded } from '../guard.ts';

/** A part takes about 50 µs, most of it in the system. */
const ANSWERS_PER_TURN = 128;
/** Requests of a turn in which held ones are answered: these are playlists, with which all others begin. */
const LEAST_PER_TURN = 32;

export class ServingTurns {
  readonly #schedule: () => void;
  readonly #queue: (() => void)[] = [];
  /** What may still be served in this turn. */
  #left = ANSWERS_PER_TURN;
  /** Held requests that were answered in this turn. */
  #held = 0;
  #isScheduled = false;

  /** `guard` gets the faults of what is run later. */
  constructor(guard: Guard) {
    const turn = guarded(guard, () => this.#turn());
    this.#schedule = () => {
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(turn);
    };
  }

  /** Runs `serve` now, or in a later turn, in order. @returns whether it was run */
  run(serve: () => void): boolean {
    this.#schedule();
    if (this.#left === 0) {
      this.#queue.push(serve);
      return false;
    }
    this.#left -= 1;
    serve();
    return true;
  }

  /** A held request is answered. Fewer others are served in its turn. */
  readonly noteHeld = (): void => {
    this.#schedule();
    this.#held += 1;
    this.#left = Math.min(this.#left, this.#quota);
  };

  get #quota(): number {
    return Math.max(LEAST_PER_TURN, ANSWERS_PER_TURN - this.#held);
  }

  #turn(): void {
    this.#isScheduled = false;
    const due = this.#queue.splice(0, this.#quota);
    this.#held = 0;
    // What is received before the next turn waits behind those that still wait.
    this.#left = this.#queue.length > 0 ? 0 : ANSWERS_PER_TURN - due.length;
    if (due.length > 0) this.#schedule();
    for (const serve of due) serve();
  }
}
