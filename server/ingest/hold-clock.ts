// Ends the pauses of connections. Those that are due at about the same time end together: the process wakes up once for all of them,
// and their media passes through code and data that are still in the processor's caches.

import type { MonotonicClock } from '../clock.ts';
import { type FaultLog, guarded } from '../guard.ts';

/** Pauses end at multiples of this, milliseconds, so they are shorter by up to this much. */
const STEP_MS = 5;

/** One for all connections of a server. */
export class HoldClock {
  readonly #clock: MonotonicClock;
  readonly #onTimer: () => void;
  /** What ends at each multiple of a step. */
  readonly #ends = new Map<number, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #timerStep = Number.POSITIVE_INFINITY;

  constructor(clock: MonotonicClock, log: FaultLog) {
    this.#clock = clock;
    this.#onTimer = guarded({ log }, () => this.#endDue());
  }

  /** Calls `end`, which must not throw, in `ms` or a little earlier. @returns the way to cancel it */
  endIn(ms: number, end: () => void): () => void {
    const nowMs = this.#clock.monotonicMs();
    const step = Math.floor((nowMs + ms) / STEP_MS);
    const ends = this.#ends.get(step) ?? new Set();
    this.#ends.set(step, ends.add(end));
    if (step < this.#timerStep) this.#wakeAt(step, nowMs);
    return () => void ends.delete(end);
  }

  #wakeAt(step: number, nowMs: number): void {
    clearTimeout(this.#timer);
    this.#timerStep = step;
    this.#timer = setTimeout(this.#onTimer, step * STEP_MS - nowMs);
  }

  #endDue(): void {
    const nowMs = this.#clock.monotonicMs();
    let next = Number.POSITIVE_INFINITY;
    this.#timerStep = next;
    for (const [step, ends] of this.#ends) {
      // Timers may fire up to a millisecond early.
      if (step * STEP_MS > nowMs + 1) {
        next = Math.min(next, step);
        continue;
      }
      this.#ends.delete(step);
      for (const end of ends) end();
    }
    if (next < this.#timerStep) this.#wakeAt(next, nowMs);
  }
}
