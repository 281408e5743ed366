// Durations of many requests, counted in steps, so that they take no memory each.

export type Times = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

const STEP_MS = 0.1;
/** Longer ones are counted as this long. */
const MAX_MS = 20_000;

export class TimeHistogram {
  readonly #counts = new Uint32Array(MAX_MS / STEP_MS + 1);
  #total = 0;

  add(ms: number): void {
    const step = Math.min(this.#counts.length - 1, Math.max(0, Math.floor(ms / STEP_MS)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
  }

  /** Since the last call; NaN without any. */
  take(): Times {
    const times = {
      count: this.#total,
      p50Ms: this.#percentile(0.5),
      p99Ms: this.#percentile(0.99),
      maxMs: this.#percentile(1),
    };
    this.#counts.fill(0);
    this.#total = 0;
    return times;
  }

  #percentile(share: number): number {
    let left = Math.ceil(share * this.#total);
    if (left === 0) return Number.NaN;
    const step = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return (step + 1) * STEP_MS;
  }
}
