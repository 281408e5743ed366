// Waiting times between attempts. They grow to a maximum and are random, so that a thousand pages that lost the same
// server do not all reconnect at the same moment.

export type BackOffOptions = {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Factor from one step to the next; 2 by default. */
  readonly growth?: number;
  /** A number in [0, 1); Math.random by default. */
  readonly random?: () => number;
};

/** Counts failed attempts and computes the wait before the next one. */
export class BackOff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #growth: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackOffOptions) {
    this.#firstMs = options.firstMs;
    this.#maxMs = options.maxMs;
    this.#growth = options.growth ?? 2;
    this.#random = options.random ?? Math.random;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds to wait now: a random time between half of the current step and all of it. */
  next(): number {
    const stepMs = Math.min(this.#maxMs, this.#firstMs * this.#growth ** this.#attempts);
    this.#attempts += 1;
    return Math.round(stepMs / 2 + (this.#random() * stepMs) / 2);
  }

  /** Call this after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
