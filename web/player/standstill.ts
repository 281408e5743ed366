// Whether a picture that should move stands still: a live stream that does so for long needs a new start.

/** Whatever the reason. */
const STUCK_MS = 12_000;
/** Playing cannot have led further than this times the time that has passed; the page plays at 1.1 at most. */
const PLAYED_RATE = 1.5;
/** What a clock and a timer are off by. */
const PLAYED_SLACK_S = 0.5;

/** What became of the position since the last look. */
export type Movement = 'played' | 'moved' | 'still' | 'stuck';

/** To be asked a few times a second. */
export class Standstill {
  #lastTimeS = 0;
  #lastLookMs = 0;
  #lastMoveMs = 0;

  /** There is a reason to stand still up to now. */
  excuse(nowMs: number): void {
    this.#lastMoveMs = nowMs;
  }

  /**
   * What became of the position since the last look; `stuck` when nothing has played for too long. A leap forward is the
   * page's own, after live, and no sign that anything plays; one back is the viewer's, and has its time.
   */
  look(nowMs: number, currentTimeS: number, isExcused: boolean): Movement {
    const stepS = currentTimeS - this.#lastTimeS;
    const playableS = ((nowMs - this.#lastLookMs) / 1000) * PLAYED_RATE + PLAYED_SLACK_S;
    this.#lastTimeS = currentTimeS;
    this.#lastLookMs = nowMs;
    const hasPlayed = stepS > 0 && stepS <= playableS;
    if (isExcused || hasPlayed || stepS < 0) this.excuse(nowMs);
    if (hasPlayed) return 'played';
    if (nowMs - this.#lastMoveMs > STUCK_MS) return 'stuck';
    return stepS === 0 ? 'still' : 'moved';
  }
}
