// Whether it is the viewer's own line that stops the picture: the picture waits while the server lists media that have not
// come here yet.

export type SlowLineFacts = {
  /** The picture waits for media. */
  readonly isWaiting: boolean;
  /** What the server lists beyond what has been loaded. */
  readonly missingMs: number;
  /** Media came more slowly than they play. */
  readonly isThroughputLow: boolean;
};

/** `slow`: the line is too slow; `offer`: and has been for so long that playing farther behind live is worth an offer. */
export type SlowLineVerdict = 'fine' | 'slow' | 'offer';

/** One part on its way is no sign of anything, a second of media is. */
const MISSING_MS = 1_000;
/** One pause of a few seconds is an accident; within this time a fifth of it says that it is none. */
const WINDOW_MS = 20_000;
const BEGIN_WAITED_MS = 4_000;
const END_WAITED_MS = 1_000;
const OFFER_AFTER_MS = 60_000;
/** No look for so long: the page was asleep, and what was before is of no use. */
const RESTED_MS = 5_000;

/** To be asked a few times a second; `nowMs` is of a monotonic clock. */
export class SlowLine {
  #looks: { readonly atMs: number; readonly waitedMs: number }[] = [];
  #lastLookMs = Number.NEGATIVE_INFINITY;
  #slowSinceMs: number | undefined;
  #verdict: SlowLineVerdict = 'fine';

  /** That of the last look. */
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

  /** Nothing that happened so far says anything about what comes. */
  forget(): void {
    this.#looks = [];
    this.#slowSinceMs = undefined;
    this.#verdict = 'fine';
  }
}
