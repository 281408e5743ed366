// Requests that wait for a part: blocking playlist reload and hinted parts (RFC 8216bis 6.2.5.2). All requests for one cut are
// answered from one rendering, in groups, so that publishers are read in between.

import type { MonotonicClock } from '../clock.ts';
import { type Guard, guarded } from '../guard.ts';

/** A future position in a playlist; without `part` the whole segment. */
export type PlaylistPosition = { readonly msn: number; readonly part: number | undefined };

/** `source-lost`: the publisher has left; `ended`: the stream has ended. */
export type WaitOutcome = 'reached' | 'timed-out' | 'source-lost' | 'ended';

type Waiter = {
  readonly position: PlaylistPosition;
  readonly deadline: number;
  readonly done: (outcome: WaitOutcome) => void;
};

/** One timer checks all waiters. */
const SWEEP_INTERVAL_MS = 250;
/** Answers per turn, some milliseconds of work. Ten thousand at once would block publishers for a tenth of a second. */
const ANSWERS_PER_TURN = 256;

export class PlaylistWaiters {
  readonly #waiters = new Set<Waiter>();
  /** Waiters to answer, in order, with their outcomes. */
  readonly #due = new Map<Waiter, WaitOutcome>();
  readonly #clock: MonotonicClock;
  readonly #maxWaitMs: number;
  readonly #onFault: (error: unknown) => void;
  readonly #guard: Guard;
  #timer: NodeJS.Timeout | undefined;
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(options: {
    readonly clock: MonotonicClock;
    /** The longest wait. */
    readonly maxWaitMs?: number;
    /** An answer failed. It must not affect the publisher, whose read gives the first answers, or other requests. */
    readonly onFault: (error: unknown) => void;
  }) {
    this.#clock = options.clock;
    this.#maxWaitMs = options.maxWaitMs ?? Number.POSITIVE_INFINITY;
    this.#onFault = options.onFault;
    this.#guard = { log: { error: ({ err }) => options.onFault(err) } };
  }

  /** Waiters without an answer. */
  get size(): number {
    return this.#waiters.size + this.#due.size;
  }

  /** Calls `done` once. @returns a function that removes the waiter without calling it */
  wait(position: PlaylistPosition, timeoutMs: number, done: (outcome: WaitOutcome) => void): () => void {
    const waiter: Waiter = {
      position,
      deadline: this.#clock.monotonicMs() + Math.min(timeoutMs, this.#maxWaitMs),
      done,
    };
    this.#waiters.add(waiter);
    this.#timer ??= setInterval(
      guarded(this.#guard, () => this.#sweep()),
      SWEEP_INTERVAL_MS,
    ).unref();
    return () => {
      this.#waiters.delete(waiter);
      this.#due.delete(waiter);
    };
  }

  /** Answers those whose position has been reached. */
  release(hasReached: (position: PlaylistPosition) => boolean): void {
    for (const waiter of this.#waiters) if (hasReached(waiter.position)) this.#end(waiter, 'reached');
    this.#answer();
  }

  /** Answers all, because the publisher has left or the stream has ended. */
  releaseAll(outcome: WaitOutcome): void {
    for (const waiter of this.#waiters) this.#end(waiter, outcome);
    this.#answer();
    this.#rest();
  }

  #end(waiter: Waiter, outcome: WaitOutcome): void {
    this.#waiters.delete(waiter);
    this.#due.set(waiter, outcome);
  }

  /** Answers one group. A waiter that `done` adds belongs to a later position. */
  #answer(): void {
    let left = ANSWERS_PER_TURN;
    for (const [waiter, outcome] of this.#due) {
      if (left === 0) break;
      left -= 1;
      this.#due.delete(waiter);
      try {
        waiter.done(outcome);
      } catch (error) {
        this.#onFault(error);
      }
    }
    if (this.#due.size === 0) return;
    const answerOn = (): void => {
      this.#nextTurn = undefined;
      this.#answer();
    };
    this.#nextTurn ??= setImmediate(guarded(this.#guard, answerOn));
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const waiter of this.#waiters) if (waiter.deadline <= nowMs) this.#end(waiter, 'timed-out');
    this.#answer();
    this.#rest();
  }

  #rest(): void {
    if (this.#waiters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
