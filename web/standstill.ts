// Whether a picture that should move stands still: a live stream that does so for long needs a new start.

/** Whatever the reason. */
const STUCK_MS = 12_000;

/** To be asked a few times a second. */
export class Standstill {
  #lastTimeS = 0;
  #lastMoveMs = 0;

  /** There is a reason to stand still up to now. */
  excuse(nowMs: number): void {
    this.#lastMoveMs = nowMs;
  }

  /** What became of the position since the last look; `stuck` when it has been the same for too long. */
  look(nowMs: number, currentTimeS: number, isExcused: boolean): 'forward' | 'moved' | 'still' | 'stuck' {
    const before = this.#lastTimeS;
    if (isExcused) this.excuse(nowMs);
    this.#lastTimeS = currentTimeS;
    if (currentTimeS === before) return nowMs - this.#lastMoveMs > STUCK_MS ? 'stuck' : 'still';
    this.#lastMoveMs = nowMs;
    return currentTimeS > before ? 'forward' : 'moved';
  }
}
