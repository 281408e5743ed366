// Whether the viewer's own line stalls playback: playback waits while the server lists media that has not arrived here.

export type SlowLineFacts = {
  /** Playback waits for media. */
  readonly isWaiting: boolean;
  /** How much more the server lists than has been loaded. */
  readonly missingMs: number;
  /** Media arrived more slowly than it plays. */
  readonly isThroughputLow: boolean;
};

/** `slow`: the line is too slow. `offer`: it has been slow for so long that the page offers stable mode. */
export type SlowLineVerdict = 'fine' | 'slow' | 'offer';

/** One missing part means nothing; a missing second of media does. */
const MISSING_MS = 1_000;
/** One wait of a few seconds is an accident. Waits that add up to a fifth of this time are not. */
const WINDOW_MS = 20_000;
const BEGIN_WAITED_MS = 4_000;
const END_WAITED_MS = 1_000;
const OFFER_AFTER_MS = 60_000;
/** After so long without a call the page was suspended, and earlier measurements are useless. */
const RESTED_MS = 5_000;

/** Call this a few times a second; `nowMs` is of a monotonic clock. */
export class SlowLine {
  #looks: { readonly atMs: number; readonly waitedMs: number }[] = [];
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #slowSinceMs: number | undefined;
  #verdict: SlowLineVerdict = 'fine';

  /** The verdict of the last call. */
  get verdict(): SlowLineVerdict {
    return this.#verdict;
  }

  look(nowMs: number, facts: SlowLineFacts): SlowLineVerdict {
    const sinceMs = nowMs - this.#lastLookMs;
    this.#lastLookMs = nowMs;
    if (sinceMs > RESTED_MS) this.forget();
    const isStarved = facts.isWaiting && facts.isThroughputLow && facts.missingMs >= MISSING_MS;
    this.#looks.push({ atMs: nowMs, waitedMs: isStarved && sinceMs <= RESTED_MS ? sinceMs : 0 });
    while (nowMs - (this.#looks[0]?.atMs ?? nowMs) > WINDOW_MS) this.#looks.shift();
    const waitedMs = this.#looks.reduce((sum, look) => sum + look.waitedMs, 0);
    const isSlow = waitedMs >= (this.#slowSinceMs === undefined ? BEGIN_WAITED_MS : END_WAITED_MS);
    this.#slowSinceMs = isSlow ? (this.#slowSinceMs ?? nowMs) : undefined;
    const isLong = this.#slowSinceMs !== undefined && nowMs - this.#slowSinceMs >= OFFER_AFTER_MS;
    this.#verdict = this.#slowSinceMs === undefined ? 'fine' : isLong ? 'offer' : 'slow';
    return this.#verdict;
  }

  /** Earlier measurements say nothing about the future. */
  forget(): void {
    this.#looks = [];
    this.#slowSinceMs = undefined;
    this.#verdict = 'fine';
  }
}
