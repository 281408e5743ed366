// The clock of one track of a source: what a Timeline keeps of it from one timestamp to the next. Times are whole milliseconds.

import type { TrackKind } from './track.ts';

/** A step of the clock beyond this is a new epoch, not jitter: the longest gap a player bridges by itself. */
export const MAX_STEP_MS = 3_000;
/** What a step across a jump is taken to last when nothing better is known. */
export const DEFAULT_FRAME_MS = 33;

export type TrackClock = {
  readonly kind: TrackKind;
  /** Added to unwrapped milliseconds. */
  offsetMs: number;
  /** How much of it stands for an epoch of the track's own: jumps move both tracks, epochs stay apart. */
  readonly epochMs: number;
  /** Mapped milliseconds of the last sample. */
  lastMs: number;
  /** The same of the last sample whose timestamp was believed. */
  trustedMs: number;
  /** The offset that would explain the timestamps that were not believed, and how many agree on it. */
  pendingOffsetMs: number;
  pendingCount: number;
  /** They are farther off than a clock that stumbles by a frame. */
  pendingIsStep: boolean;
  /** Samples since the last believed one whose timestamps were far off. */
  wildCount: number;
  lastUnwrapped: number;
  /** The last step was longer than a frame. */
  wasLong: boolean;
  /** How long the last frame lasted; 0 while unknown. */
  lastStepMs: number;
  lastDts: number;
  /** Audio only: mean distance of the timestamps from the sample clock, in ticks. */
  meanDrift: number;
};

/** A clock at its first timestamp. `epochMs` is the part of `offsetMs` that is the track's own. */
export function newTrackClock(
  kind: TrackKind,
  unwrapped: number,
  offsetMs: number,
  epochMs: number,
): TrackClock {
  const lastMs = Math.max(unwrapped + offsetMs, 0);
  return {
    kind,
    offsetMs,
    epochMs,
    lastMs,
    trustedMs: lastMs,
    pendingOffsetMs: 0,
    pendingCount: 0,
    pendingIsStep: false,
    wildCount: 0,
    lastUnwrapped: unwrapped,
    wasLong: false,
    lastStepMs: 0,
    lastDts: 0,
    meanDrift: 0,
  };
}

export function nearerTo(target: number, first: number, second: number): number {
  return Math.abs(second - target) < Math.abs(first - target) ? second : first;
}

/** After a step back of a few frames the old offset is soon past the last believed sample again: the step is still there. */
export function goesOnBehind(clock: TrackClock, unwrapped: number, offsetMs: number): boolean {
  const isBehind = clock.pendingIsStep && clock.pendingCount > 0 && unwrapped + offsetMs <= clock.lastMs;
  return isBehind && follows(unwrapped + clock.pendingOffsetMs, clock.lastMs);
}

/** Whether a mapped time is one that a track goes on with. */
export function follows(mappedMs: number, leastMs: number): boolean {
  return mappedMs > leastMs && mappedMs - leastMs <= MAX_STEP_MS;
}

/**
 * How long the sample before a doubted one lasts. Where the clock only stumbled the next sample is due within a step: what is
 * left of it is halved each time, so that the samples between stay before it.
 */
export function nextStep(clock: TrackClock, backMs: number): number {
  const usual = clock.lastStepMs || DEFAULT_FRAME_MS;
  if (backMs < 0 || backMs > usual) return usual;
  return Math.max(Math.floor((clock.trustedMs + usual - clock.lastMs) / 2), 1);
}
