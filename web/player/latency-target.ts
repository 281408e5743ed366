// How far behind the live edge to play: as near as the playlist allows, and farther while parts arrive irregularly. The
// distance grows when a stall was near, which avoids the second stall, and usually the first.

/** Parts may be later than the worst one seen by this much without a stall. */
const SPARE_MS = 200;
/** Short parts are loaded and decoded no faster: a page that is nearer than this stalls where a machine has other work. */
const LEAST_MS = 430;
/** With the usual 0.73 s the distance is at most two seconds. No distance helps against a longer delay. */
export const MAX_EXTRA_MS = 1_200;
/** How long the same delay is expected again. The time doubles each time the delay returns too soon. */
const HOLD_MS = 3_000;
const MAX_HOLD_MS = 24_000;
/** The return to the shorter distance was a mistake when a delay follows within this time. */
const AGAIN_MS = 60_000;
/** Faster than playback can follow. Playback makes up the rest in its own time. */
const SINK_PER_MS = 0.3;
/** The earliest part within this time defines "in time": a delay that lasts longer is the usual delay. */
const PUNCTUAL_WITHIN_MS = 4_000;

/** Watches parts arrive. All times are milliseconds of one monotonic clock or of the media timeline. */
export class LatencyTarget {
  /** For each playlist: its delay after the end of its newest part, plus an unknown constant. */
  #delays: { readonly atMs: number; readonly delayMs: number }[] = [];
  /** The distance from the edge at which the buffer would have become empty. */
  #neededMs = 0;
  #neededAtMs = 0;
  #holdMs = HOLD_MS;
  /** When the least distance was last too short. */
  #tooShortAtMs = Number.NEGATIVE_INFINITY;
  /** An interruption was longer than any distance. Parts that it delayed are not measured, until parts are in time again. */
  #isInterrupted = false;
  #isSettled = false;

  /** A playlist arrived that ends at `edgeMs`. */
  listed(nowMs: number, edgeMs: number): void {
    this.#delays.push({ atMs: nowMs, delayMs: nowMs - edgeMs });
    while (nowMs - (this.#delays[0]?.atMs ?? nowMs) > PUNCTUAL_WITHIN_MS) this.#delays.shift();
  }

  /**
   * A part can be played; before it the buffer ended at `bufferEndMs`. `isNewest`: it is the last part listed.
   * `holdBackMs` is the playlist's distance.
   */
  appended(nowMs: number, bufferEndMs: number, isNewest: boolean, holdBackMs: number): void {
    const punctualMs = Math.min(...this.#delays.map(({ delayMs }) => delayMs));
    // After a start, a jump or a break the buffer is late because it is still being filled.
    if (!this.#isSettled || !Number.isFinite(punctualMs)) {
      this.#isSettled = isNewest;
      return;
    }
    const neededMs = nowMs - punctualMs - bufferEndMs;
    const leastMs = leastDistanceMs(holdBackMs);
    if (neededMs > holdBackMs + MAX_EXTRA_MS) this.#isInterrupted = true;
    else if (neededMs + SPARE_MS <= leastMs) this.#isInterrupted = false;
    const worstMs = this.#worstMs(nowMs);
    if (this.#isInterrupted || neededMs < worstMs) return;
    if (neededMs + SPARE_MS > leastMs) this.#expectAgain(nowMs, worstMs + SPARE_MS <= leastMs);
    this.#neededMs = neededMs;
    this.#neededAtMs = nowMs;
  }

  /** The distance to keep. `holdBackMs` is the playlist's own distance; it is never less. */
  targetMs(nowMs: number, holdBackMs: number): number {
    const wantedMs = this.#worstMs(nowMs) + SPARE_MS;
    return Math.min(Math.max(leastDistanceMs(holdBackMs), wantedMs), holdBackMs + MAX_EXTRA_MS);
  }

  /** The buffer does not reach the edge because of a start, a jump or a break, not because of the network. */
  settle(): void {
    this.#delays = [];
    this.#isSettled = false;
    this.#isInterrupted = false;
  }

  /** Earlier measurements say nothing about the future. */
  forget(): void {
    this.settle();
    this.#neededMs = 0;
    this.#tooShortAtMs = Number.NEGATIVE_INFINITY;
    this.#holdMs = HOLD_MS;
  }

  /** `isBack`: the distance had returned to the least one. */
  #expectAgain(nowMs: number, isBack: boolean): void {
    const sinceMs = nowMs - this.#tooShortAtMs;
    this.#tooShortAtMs = nowMs;
    if (isBack) this.#holdMs = sinceMs < AGAIN_MS ? Math.min(this.#holdMs * 2, MAX_HOLD_MS) : HOLD_MS;
  }

  #worstMs(nowMs: number): number {
    return this.#neededMs - Math.max(0, nowMs - this.#neededAtMs - this.#holdMs) * SINK_PER_MS;
  }
}

/** The distance that is kept while parts are in time. */
function leastDistanceMs(holdBackMs: number): number {
  return Math.max(holdBackMs, LEAST_MS);
}
