// Distributions of milliseconds in a fixed amount of memory.

/** Milliseconds; undefined when nothing was measured. */
export type Distribution = {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};

/** Clocks differ, so a date may be in the future. */
const LEAST_MS = -10_000;
const MOST_MS = 120_000;

export class Histogram {
  readonly #bins = new Uint32Array(MOST_MS - LEAST_MS + 1);
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(ms: number): void {
    const bin = Math.round(Math.min(Math.max(ms, LEAST_MS), MOST_MS)) - LEAST_MS;
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#count += 1;
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
  }

  summary(): Distribution | undefined {
    if (this.#count === 0) return undefined;
    return {
      count: this.#count,
      min: Math.round(this.#min),
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      max: Math.round(this.#max),
    };
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (const [bin, count] of this.#bins.entries()) {
      left -= count;
      if (left <= 0) return bin + LEAST_MS;
    }
    return Math.round(this.#max);
  }
}

/** 4.4.6.2: the peak over neighbouring segments that last 0.5 to 1.5 target durations together, bits per second. */
export function peakBitrate(
  segments: readonly { readonly bytes: number; readonly seconds: number }[],
  targetDuration: number,
): number {
  let peak = 0;
  for (const first of segments.keys()) {
    let [bytes, seconds] = [0, 0];
    for (const segment of segments.slice(first)) {
      bytes += segment.bytes;
      seconds += segment.seconds;
      if (seconds > 1.5 * targetDuration) break;
      if (seconds >= 0.5 * targetDuration) peak = Math.max(peak, (bytes * 8) / seconds);
    }
  }
  return peak;
}
