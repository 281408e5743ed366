// When playback that is behind live leaps back to it. What is left after an interruption would take playing faster minutes to
// make up; a leap inside what is buffered is over in a moment and stops nothing.

/** Playing at 1.1 makes this up in twelve seconds. */
const WORTH_IT_MS = 1_200;
/** Farther behind than this, the leap is worth a stall. */
const AT_ANY_COST_MS = 5_000;
/** What follows an interruption comes in a burst: the leap waits until all of it is there. */
const STEADY_MS = 1_000;
/** Time for a leap to show its effect before the next one. */
const REST_MS = 5_000;
/** The same for a leap that may stall. */
const COSTLY_REST_MS = 10_000;

export type LiveJumpFacts = {
  /** Distance from the target latency. */
  readonly behindMs: number;
  /** Enough is buffered behind the live position to play on from there. */
  readonly isBuffered: boolean;
};

/** To be asked a few times a second while playing; `nowMs` is of a monotonic clock. */
export class LiveJump {
  #jumpedAtMs = Number.NEGATIVE_INFINITY;
  #bufferedSinceMs: number | undefined;

  /** Whether to leap now. */
  look(nowMs: number, facts: LiveJumpFacts): boolean {
    const { behindMs, isBuffered } = facts;
    const isWorthIt = behindMs > WORTH_IT_MS && isBuffered;
    this.#bufferedSinceMs = isWorthIt ? (this.#bufferedSinceMs ?? nowMs) : undefined;
    const sinceMs = nowMs - this.#jumpedAtMs;
    const isSteady = this.#bufferedSinceMs !== undefined && nowMs - this.#bufferedSinceMs >= STEADY_MS;
    const isDue =
      (isSteady && sinceMs >= REST_MS) || (behindMs > AT_ANY_COST_MS && sinceMs >= COSTLY_REST_MS);
    if (isDue) this.jumped(nowMs);
    return isDue;
  }

  /** A leap was made, for whatever reason. */
  jumped(nowMs: number): void {
    this.#jumpedAtMs = nowMs;
    this.#bufferedSinceMs = undefined;
  }
}
