// How far the server's clock is ahead of this one, from ping/pong times (the on-wire arithmetic of RFC 5905 §8). Latency
// is the difference of two clocks and is wrong without this correction.

/** One exchange: sent (t0) and received (t3) by the page's clock, arrived (t1) and answered (t2) by the server's. */
export type ClockSample = {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
};

/** A clock drifts by a few ms in a minute: an older sample would be misleading. */
const SAMPLES_KEPT = 8;
/** More than two clocks drift apart while so many samples are kept: one of them was set. */
const SET_MS = 100;

/** Keeps the last exchanges and uses the one with the shortest round trip, because its error is smallest. */
export class ClockSkew {
  #samples: { readonly skewMs: number; readonly delayMs: number }[] = [];

  /** Adds one exchange. One with impossible times (a clock was set in between) is dropped. */
  add(sample: ClockSample): void {
    const { t0, t1, t2, t3 } = sample;
    const delayMs = t3 - t0 - (t2 - t1);
    const skewMs = (t1 - t0 + (t2 - t3)) / 2;
    if (!Number.isFinite(skewMs) || delayMs < 0 || t2 < t1) return;
    // Each exchange is wrong by half of its delay at most.
    const isSet = this.#samples.some(
      (known) => Math.abs(known.skewMs - skewMs) - (known.delayMs + delayMs) / 2 > SET_MS,
    );
    if (isSet) this.reset();
    this.#samples.push({ skewMs, delayMs });
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift();
  }

  /** Milliseconds to add to the page's clock to get the server's; undefined before the first valid exchange. */
  get skewMs(): number | undefined {
    let best: { readonly skewMs: number; readonly delayMs: number } | undefined;
    for (const sample of this.#samples) {
      if (best === undefined || sample.delayMs <= best.delayMs) best = sample;
    }
    return best?.skewMs;
  }

  /** Forgets all exchanges: after a reconnection either clock may have been set. */
  reset(): void {
    this.#samples = [];
  }
}
