// How fast to play so that the picture's age returns to its target. hls.js has a rule of its own, but rests
// it while less than a second is buffered: with parts of 200 ms that is always, and playback stays late.

export type CatchUpFacts = {
  /** Distance from the target latency; negative when ahead of it. */
  readonly behindMs: number;
  /** Buffered ahead of the play position. */
  readonly bufferMs: number;
  /** PART-TARGET of the playlist; undefined for one without parts. */
  readonly partTargetMs: number | undefined;
  /** The rate now in use. */
  readonly rate: number;
};

/** Too little to be heard as a change of pitch, and a second made up in ten. */
const FAST_RATE = 1.1;
const GENTLE_RATE = 1.05;
/** Ahead of the target hardly anything is buffered, as after a discontinuity: one late part would be a stall. */
const SLOW_RATE = 0.95;
/** Nearer than this the gentle rate is enough, and does not overshoot between two looks. */
const GENTLE_BELOW_MS = 200;
/** A change begins beyond the first and ends below the second: the gap keeps the rate from flickering. */
const BEGIN_MS = 80;
const END_MS = 20;
/** Being ahead is no harm by itself: only beyond the usual scatter, and back into it. */
const BEGIN_AHEAD_MS = 120;
const END_AHEAD_MS = 40;
/** Parts arrive one at a time: with two and a bit in hand, one that is late is not missed. */
const PARTS_IN_HAND = 2.2;
/** In hand when whole segments arrive. */
const SEGMENTED_IN_HAND_MS = 1_000;
/** Made up in a second or two without anybody hearing it. */
const FINE_SHARE = 0.02;
/** Ten seconds of looks: their mean is right to a few milliseconds where a single one is off by twenty. */
const LOOKS = 40;
/** Less than a video frame at 30 fps. What a mean is beyond this is made up, else it adds up over the hours. */
const STEADY_MS = 25;
/** No look for so long: playback rested, or was elsewhere, and what was seen before is of no use. */
const RESTED_MS = 2_000;

/** The rate from look to look. A sound device that skips a frame, or whose clock is slow, is followed by this alone. */
export class CatchUp {
  #looks: number[] = [];
  /** Still to be made up at the fine rate; negative when ahead. */
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

/** What is left of a debt after a payment; nothing is ever paid twice. */
function leftOf(owedMs: number, paidMs: number): number {
  const leftMs = owedMs - paidMs;
  return Math.sign(leftMs) === Math.sign(owedMs) ? leftMs : 0;
}

/** What a single look calls for: 1, a little more while late, a little less while far too early. */
function urgentRateOf(facts: CatchUpFacts): number {
  const { behindMs, bufferMs, partTargetMs, rate } = facts;
  if (behindMs < -(rate < 1 ? END_AHEAD_MS : BEGIN_AHEAD_MS)) return SLOW_RATE;
  const isWorthIt = behindMs > (rate > 1 ? END_MS : BEGIN_MS);
  if (!isWorthIt || bufferMs < inHandMs(partTargetMs)) return 1;
  return behindMs > GENTLE_BELOW_MS ? FAST_RATE : GENTLE_RATE;
}

/** What has to be buffered ahead for a part that is late not to be missed. */
export function inHandMs(partTargetMs: number | undefined): number {
  return partTargetMs === undefined ? SEGMENTED_IN_HAND_MS : partTargetMs * PARTS_IN_HAND;
}
