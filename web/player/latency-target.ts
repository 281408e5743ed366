// How far behind the live edge to play: as near as the playlist allows, and farther away while parts come unsteadily.
// A distance learnt from what nearly went wrong spares the viewer the second stall, and mostly the first.

/** Beyond the worst that was seen, this much more may come late without a stall. */
const SPARE_MS = 200;
/** With the usual 0.8 s it is two seconds in all. What is later than that by itself no distance helps against. */
const MAX_EXTRA_MS = 1_200;
/** What went wrong once is expected again for so long; twice as long each time that it does come again too soon. */
const HOLD_MS = 3_000;
const MAX_HOLD_MS = 24_000;
/** Coming back was a mistake when it goes wrong within this time. */
const AGAIN_MS = 60_000;
/** Faster than playback follows, which may take its time only for what is left to make up. */
const SINK_PER_MS = 0.3;
/** Over this time the earliest part shows what "in time" is: a delay that lasts longer is the usual one. */
const PUNCTUAL_WITHIN_MS = 4_000;

/** Watches parts arrive. All times are milliseconds: of one monotonic clock, or of the media's timeline. */
export class LatencyTarget {
  /** Of each playlist: how long after its newest part's end it came, plus a constant that does not matter. */
  #delays: { readonly atMs: number; readonly delayMs: number }[] = [];
  /** The distance from the edge at which the buffer would have run dry. */
  #neededMs = 0;
  #neededAtMs = 0;
  #holdMs = HOLD_MS;
  /** When the playlist's distance was too short last. */
  #tooShortAtMs = Number.NEGATIVE_INFINITY;
  /** An interruption longer than any distance, and what it held up: nothing to learn from until parts are in time. */
  #isInterrupted = false;
  #isSettled = false;

  /** A playlist came that ends at `edgeMs`. */
  listed(nowMs: number, edgeMs: number): void {
    this.#delays.push({ atMs: nowMs, delayMs: nowMs - edgeMs });
    while (nowMs - (this.#delays[0]?.atMs ?? nowMs) > PUNCTUAL_WITHIN_MS) this.#delays.shift();
  }

  /**
   * A part can be played; before it the buffer ended at `bufferEndMs`. `isNewest`: none after it is listed. `holdBackMs` is
   * the playlist's distance.
   */
  appended(nowMs: number, bufferEndMs: number, isNewest: boolean, holdBackMs: number): void {
    const punctualMs = Math.min(...this.#delays.map(({ delayMs }) => delayMs));
    // After a start, a jump or a break the buffer is behind because it is being filled.
    if (!this.#isSettled || !Number.isFinite(punctualMs)) {
      this.#isSettled = isNewest;
      return;
    }
    const neededMs = nowMs - punctualMs - bufferEndMs;
    if (neededMs > holdBackMs + MAX_EXTRA_MS) this.#isInterrupted = true;
    else if (neededMs + SPARE_MS <= holdBackMs) this.#isInterrupted = false;
    const worstMs = this.#worstMs(nowMs);
    if (this.#isInterrupted || neededMs < worstMs) return;
    if (neededMs + SPARE_MS > holdBackMs) this.#expectAgain(nowMs, worstMs + SPARE_MS <= holdBackMs);
    this.#neededMs = neededMs;
    this.#neededAtMs = nowMs;
  }

  /** The distance to keep; `holdBackMs` is the playlist's own and the least. */
  targetMs(nowMs: number, holdBackMs: number): number {
    const wantedMs = this.#worstMs(nowMs) + SPARE_MS;
    return Math.min(Math.max(holdBackMs, wantedMs), holdBackMs + MAX_EXTRA_MS);
  }

  /** The buffer does not reach the edge for a reason that is not the network's: a start, a jump, a break. */
  settle(): void {
    this.#delays = [];
    this.#isSettled = false;
    this.#isInterrupted = false;
  }

  /** Nothing that happened so far says anything about what comes. */
  forget(): void {
    this.settle();
    this.#neededMs = 0;
    this.#tooShortAtMs = Number.NEGATIVE_INFINITY;
    this.#holdMs = HOLD_MS;
  }

  /** `isBack`: the distance had come back to the playlist's own. */
  #expectAgain(nowMs: number, isBack: boolean): void {
    const sinceMs = nowMs - this.#tooShortAtMs;
    this.#tooShortAtMs = nowMs;
    if (isBack) this.#holdMs = sinceMs < AGAIN_MS ? Math.min(this.#holdMs * 2, MAX_HOLD_MS) : HOLD_MS;
  }

  #worstMs(nowMs: number): number {
    return this.#neededMs - Math.max(0, nowMs - this.#neededAtMs - this.#holdMs) * SINK_PER_MS;
  }
}
