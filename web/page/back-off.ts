// Waiting times between attempts: growing, capped, and spread at random so that a thousand pages which
// lost the same server do not come back in the same instant.

export type BackOffOptions = {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Each step is so many times the one before; 2 by default. */
  readonly growth?: number;
  /** A number in [0, 1); Math.random by default. */
  readonly random?: () => number;
};

/** Counts failed attempts and says how long to wait before the next one. */
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

  /** Milliseconds to wait now: between half of the grown, capped step and all of it. */
  next(): number {
    const stepMs = Math.min(this.#maxMs, this.#firstMs * this.#growth ** this.#attempts);
    this.#attempts += 1;
    return Math.round(stepMs / 2 + (this.#random() * stepMs) / 2);
  }

  /** To be called after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
