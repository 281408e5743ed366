// Requests that wait for a part: blocking playlist reload and hinted parts (RFC 8216bis 6.2.5.2).
// All that wait for the same cut are answered in one loop, from one rendering.

/** A place in a playlist's future; without `part` the whole segment. */
export type PlaylistPosition = { readonly msn: number; readonly part: number | undefined };

/** `source-lost`: whoever could have sent it has gone; `ended`: nothing comes any more. */
export type WaitOutcome = 'reached' | 'timed-out' | 'source-lost' | 'ended';

type Waiter = {
  readonly position: PlaylistPosition;
  readonly deadline: number;
  readonly done: (outcome: WaitOutcome) => void;
};

/** One sweep for all waiters instead of a timer for each. */
const SWEEP_INTERVAL_MS = 250;

export class PlaylistWaiters {
  readonly #waiters = new Set<Waiter>();
  readonly #now: () => number;
  readonly #maxWaitMs: number;
  readonly #onFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    /** Monotonic milliseconds. */
    readonly now: () => number;
    /** No wait is longer, whatever is asked. */
    readonly maxWaitMs?: number;
    /** An answer failed. It must not end the publisher, on whose read all answers are given, nor the others. */
    readonly onFault: (error: unknown) => void;
  }) {
    this.#now = options.now;
    this.#maxWaitMs = options.maxWaitMs ?? Number.POSITIVE_INFINITY;
    this.#onFault = options.onFault;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Calls `done` once. @returns a function that forgets the waiter without calling it */
  wait(position: PlaylistPosition, timeoutMs: number, done: (outcome: WaitOutcome) => void): () => void {
    const waiter: Waiter = { position, deadline: this.#now() + Math.min(timeoutMs, this.#maxWaitMs), done };
    this.#waiters.add(waiter);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS).unref();
    return () => {
      this.#waiters.delete(waiter);
    };
  }

  /** Answers those whose position has been reached. */
  release(hasReached: (position: PlaylistPosition) => boolean): void {
    for (const waiter of this.#waiters) {
      if (hasReached(waiter.position)) this.#finish(waiter, 'reached');
    }
  }

  /** Answers all: nothing more will come, or not soon. */
  releaseAll(outcome: WaitOutcome): void {
    // Whoever waits again from within `done` waits for something else.
    for (const waiter of [...this.#waiters]) if (this.#waiters.has(waiter)) this.#finish(waiter, outcome);
    if (this.#waiters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #finish(waiter: Waiter, outcome: WaitOutcome): void {
    this.#waiters.delete(waiter);
    try {
      waiter.done(outcome);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #sweep(): void {
    const now = this.#now();
    for (const waiter of this.#waiters) {
      if (waiter.deadline <= now) this.#finish(waiter, 'timed-out');
    }
    if (this.#waiters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
