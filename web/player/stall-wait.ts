// When a wait of playback is a stall: the one rule for the page's own statistics, for its advice and for its reports.

/** A look may find the wait that ends every seek; a stall lasts longer. */
const LEAST_MS = 200;

/** Call `look` at every change and a few times a second; `nowMs` is of a monotonic clock. */
export class StallWait {
  #sinceMs: number | undefined;
  #stallSinceMs: number | undefined;

  /** Since when playback is stalled; undefined while it is not, or not yet. */
  get stallSinceMs(): number | undefined {
    return this.#stallSinceMs;
  }

  look(nowMs: number, isWaiting: boolean): number | undefined {
    this.#sinceMs = isWaiting ? (this.#sinceMs ?? nowMs) : undefined;
    const sinceMs = this.#sinceMs;
    this.#stallSinceMs = sinceMs !== undefined && nowMs - sinceMs >= LEAST_MS ? sinceMs : undefined;
    return this.#stallSinceMs;
  }
}
