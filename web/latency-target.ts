// How far behind the live edge to play: as near as the playlist allows, and farther away while parts come unsteadily.
// A distance learnt from what nearly went wrong spares the viewer the second stall, and mostly the first.

/** Beyond the worst that was seen, this much more may come late without a stall. */
const SPARE_MS = 200;
/** A streamer's hiccup is no reason to fall behind for good; with the usual 0.8 s it is two seconds in all. */
const MAX_EXTRA_MS = 1_200;
/** What went wrong once is expected again for so long, and then less and less. */
const HOLD_MS = 30_000;
const SINK_PER_MS = 0.02;
/** Over this time the earliest part shows what "in time" is: clocks drift apart more slowly. */
const PUNCTUAL_WITHIN_MS = 30_000;

/** Watches parts arrive. All times are milliseconds: of one monotonic clock, or of the media's timeline. */
export class LatencyTarget {
  /** Of each playlist: how long after its newest part's end it came, plus a constant that does not matter. */
  #delays: { readonly atMs: number; readonly delayMs: number }[] = [];
  /** The distance from the edge at which the buffer would have run dry. */
  #neededMs = 0;
  #neededAtMs = 0;
  #isSettled = false;

  /** A playlist came that ends at `edgeMs`. */
  listed(nowMs: number, edgeMs: number): void {
    this.#delays.push({ atMs: nowMs, delayMs: nowMs - edgeMs });
    while (nowMs - (this.#delays[0]?.atMs ?? nowMs) > PUNCTUAL_WITHIN_MS) this.#delays.shift();
  }

  /** A part can be played; before it the buffer ended at `bufferEndMs`. `isNewest`: none after it is listed. */
  appended(nowMs: number, bufferEndMs: number, isNewest: boolean): void {
    const punctualMs = Math.min(...this.#delays.map(({ delayMs }) => delayMs));
    // After a start, a jump or a break the buffer is behind because it is being filled.
    if (!this.#isSettled || !Number.isFinite(punctualMs)) {
      this.#isSettled = isNewest;
      return;
    }
    const neededMs = nowMs - punctualMs - bufferEndMs;
    if (neededMs < this.#worstMs(nowMs)) return;
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
  }

  /** Nothing that happened so far says anything about what comes. */
  forget(): void {
    this.settle();
    this.#neededMs = 0;
  }

  #worstMs(nowMs: number): number {
    return this.#neededMs - Math.max(0, nowMs - this.#neededAtMs - HOLD_MS) * SINK_PER_MS;
  }
}
