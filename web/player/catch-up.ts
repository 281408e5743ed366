// How fast to play so that the latency returns to its target. hls.js has its own rule, but does not apply it while less
// than a second is buffered. With parts of 200 ms that is always so, and playback would stay late.

export type CatchUpFacts = {
  /** Distance from the target latency; negative when playback is ahead of the target. */
  readonly behindMs: number;
  /** Buffered after the play position. */
  readonly bufferMs: number;
  /** PART-TARGET of the playlist; undefined for one without parts. */
  readonly partTargetMs: number | undefined;
  /** The rate now in use. */
  readonly rate: number;
};

/** Too small to be heard as a change of pitch. It makes up one second in ten. */
const FAST_RATE = 1.1;
const GENTLE_RATE = 1.05;
/** Ahead of the target almost nothing is buffered, as after a discontinuity. One late part would stall playback. */
const SLOW_RATE = 0.95;
/** Below this distance the gentle rate is enough, and does not overshoot between two calls. */
const GENTLE_BELOW_MS = 200;
/** A change begins above the first value and ends below the second, so that the rate does not switch back and forth. */
const BEGIN_MS = 80;
const END_MS = 20;
/** Playback ahead of the target does no harm by itself: correct it only beyond the usual scatter. */
const BEGIN_AHEAD_MS = 120;
const END_AHEAD_MS = 40;
/** Parts arrive one at a time. With a little more than two buffered, a late part does not stall playback. */
const PARTS_IN_HAND = 2.2;
/** The same where whole segments arrive. */
const SEGMENTED_IN_HAND_MS = 1_000;
/** Nobody can hear this change of rate, and it makes up the distance in a second or two. */
const FINE_SHARE = 0.02;
/** Ten seconds of measurements. Their mean is right to a few milliseconds; a single one is wrong by up to twenty. */
const LOOKS = 40;
/** Less than a video frame at 30 fps. A larger mean is corrected, because errors add up over hours. */
const STEADY_MS = 25;
/** After so long without a call playback was paused or has moved, and the earlier measurements are useless. */
const RESTED_MS = 2_000;

/** The rate from call to call. This alone corrects a sound device that skips a frame or has a slow clock. */
export class CatchUp {
  #looks: number[] = [];
  /** Distance still to make up at the fine rate; negative when playback is ahead. */
  #owedMs = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** The rate until the next look; `nowMs` is of a monotonic clock. */
  look(nowMs: number, facts: CatchUpFacts): number {
    const sinceMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    if (sinceMs > RESTED_MS) this.#forget();
    const { behindMs, rate } = facts;
    const isFine = this.#owedMs !== 0;
    const urgentRate = urgentRateOf(isFine ? { ...facts, rate: 1 } : facts);
    if (urgentRate !== 1) {
      this.#forget();
      return urgentRate;
    }
    if (isFine) this.#owedMs = leftOf(this.#owedMs, sinceMs * (rate - 1));
    else if (rate === 1) this.#notice(behindMs);
    if (this.#owedMs > 0 && facts.bufferMs < inHandMs(facts.partTargetMs)) return 1;
    return 1 + Math.sign(this.#owedMs) * FINE_SHARE;
  }

  #notice(behindMs: number): void {
    this.#looks.push(behindMs);
    if (this.#looks.length < LOOKS) return;
    const meanMs = this.#looks.reduce((sum, each) => sum + each, 0) / LOOKS;
    this.#looks = [];
    if (Math.abs(meanMs) > STEADY_MS) this.#owedMs = meanMs;
  }

  #forget(): void {
    this.#looks = [];
    this.#owedMs = 0;
  }
}

/** The rest of the distance after a correction. A correction never goes past zero. */
function leftOf(owedMs: number, paidMs: number): number {
  const leftMs = owedMs - paidMs;
  return Math.sign(leftMs) === Math.sign(owedMs) ? leftMs : 0;
}

/** The rate that one measurement needs: 1, a little more while late, a little less while far too early. */
function urgentRateOf(facts: CatchUpFacts): number {
  const { behindMs, bufferMs, partTargetMs, rate } = facts;
  if (behindMs < -(rate < 1 ? END_AHEAD_MS : BEGIN_AHEAD_MS)) return SLOW_RATE;
  const isWorthIt = behindMs > (rate > 1 ? END_MS : BEGIN_MS);
  if (!isWorthIt || bufferMs < inHandMs(partTargetMs)) return 1;
  return behindMs > GENTLE_BELOW_MS ? FAST_RATE : GENTLE_RATE;
}

/** How much must be buffered so that a late part does not stall playback. */
export function inHandMs(partTargetMs: number | undefined): number {
  return partTargetMs === undefined ? SEGMENTED_IN_HAND_MS : partTargetMs * PARTS_IN_HAND;
}
