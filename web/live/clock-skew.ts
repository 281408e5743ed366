// How far the server's clock is ahead of this one, from ping/pong times (the on-wire arithmetic of
// RFC 5905 §8). Latency is the difference of two clocks and is worth nothing without it.

/** One exchange: sent (t0) and received (t3) by our clock, arrived (t1) and answered (t2) by the server's. */
export type ClockSample = {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
};

/** A clock drifts a few ms in a minute: beyond this many samples an old lucky one misleads. */
const SAMPLES_KEPT = 8;

/** Keeps the last exchanges and trusts the one with the shortest way: it bounds the error best. */
export class ClockSkew {
  #samples: { readonly skewMs: number; readonly delayMs: number }[] = [];

  /** Takes one exchange; one whose times are impossible (a clock was set meanwhile) is dropped. */
  add(sample: ClockSample): void {
    const { t0, t1, t2, t3 } = sample;
    const delayMs = t3 - t0 - (t2 - t1);
    const skewMs = (t1 - t0 + (t2 - t3)) / 2;
    if (!Number.isFinite(skewMs) || delayMs < 0 || t2 < t1) return;
    this.#samples.push({ skewMs, delayMs });
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift();
  }

  /** Milliseconds to add to our clock to read the server's; undefined before the first good exchange. */
  get skewMs(): number | undefined {
    let best: { readonly skewMs: number; readonly delayMs: number } | undefined;
    for (const sample of this.#samples) {
      if (best === undefined || sample.delayMs <= best.delayMs) best = sample;
    }
    return best?.skewMs;
  }

  /** Forgets everything: after a reconnection either clock may have been set. */
  reset(): void {
    this.#samples = [];
  }
}
