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
const GENTLE_BELOW_MS = 400;
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

/** The playback rate for the coming moment: 1, a little more while late, a little less while far too early. */
export function catchUpRate(facts: CatchUpFacts): number {
  const { behindMs, bufferMs, partTargetMs, rate } = facts;
  if (behindMs < -(rate < 1 ? END_AHEAD_MS : BEGIN_AHEAD_MS)) return SLOW_RATE;
  const inHandMs = partTargetMs === undefined ? SEGMENTED_IN_HAND_MS : partTargetMs * PARTS_IN_HAND;
  const isWorthIt = behindMs > (rate > 1 ? END_MS : BEGIN_MS);
  if (!isWorthIt || bufferMs < inHandMs) return 1;
  return behindMs > GENTLE_BELOW_MS ? FAST_RATE : GENTLE_RATE;
}
