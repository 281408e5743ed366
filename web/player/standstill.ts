// Detects a picture that stands still although it should move. A live stream in this state needs a new load.

/** For any reason. */
const STUCK_MS = 12_000;
/** Playback cannot advance faster than this times the elapsed time; the page plays at 1.1 at most. */
const PLAYED_RATE = 1.5;
/** The error of a clock and a timer. */
const PLAYED_SLACK_S = 0.5;

/** How the position changed since the last call. */
export type Movement = 'played' | 'moved' | 'still' | 'stuck';

/** Call this a few times a second. */
export class Standstill {
  #lastTimeS = 0;
  #lastLookMs = 0;
  #lastMoveMs = 0;

  /** Until now there was a reason to stand still. */
  excuse(nowMs: number): void {
    this.#lastMoveMs = nowMs;
  }

  /**
   * How the position changed since the last call; `stuck` when nothing has played for too long. The page itself jumps
   * forward to live, so a jump forward does not show that anything plays. A jump back is the viewer's, and gets time to
   * load.
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
