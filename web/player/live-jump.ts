// When late playback jumps back to live. Faster playback would need minutes to make up a long interruption. A jump inside
// the buffer takes a moment and does not stall.

/** Playback at 1.1 makes this up in twelve seconds. */
const WORTH_IT_MS = 1_200;
/** Beyond this distance a jump is worth a stall. */
const AT_ANY_COST_MS = 5_000;
/** Media arrives in a burst after an interruption: the jump waits until all of it is there. */
const STEADY_MS = 1_000;
/** Time for a jump to take effect before the next one. */
const REST_MS = 5_000;
/** The same after a jump that may stall. */
const COSTLY_REST_MS = 10_000;

export type LiveJumpFacts = {
  /** Distance from the target latency. */
  readonly behindMs: number;
  /** Enough is buffered after the live position to continue there. */
  readonly isBuffered: boolean;
};

/** Call this a few times a second while playing; `nowMs` is of a monotonic clock. */
export class LiveJump {
  #jumpedAtMs = Number.NEGATIVE_INFINITY;
  #bufferedSinceMs: number | undefined;

  /** Whether to jump now. */
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

  /** A jump was made, for any reason. */
  jumped(nowMs: number): void {
    this.#jumpedAtMs = nowMs;
    this.#bufferedSinceMs = undefined;
  }
}
