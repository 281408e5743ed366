// The clock state of one track in a Timeline. Times are whole milliseconds.

import type { TrackKind } from './track.ts';

/** A larger step is a jump, not jitter: the longest gap that players tolerate. */
export const MAX_STEP_MS = 3_000;
/** Default duration of a step across a jump. */
export const DEFAULT_FRAME_MS = 33;

export type TrackClock = {
  readonly kind: TrackKind;
  /** Added to unwrapped milliseconds. */
  offsetMs: number;
  /** The part of it for the track's own epoch: jumps move both tracks, epochs do not. */
  readonly epochMs: number;
  /** The source's offset, without epochs, at the last sample. */
  seenOffsetMs: number;
  /** Mapped milliseconds of the last sample. */
  lastMs: number;
  /** The same of the last sample with an accepted timestamp. */
  trustedMs: number;
  /** The offset that matches the doubted timestamps, and how many agree. */
  pendingOffsetMs: number;
  pendingCount: number;
  /** They are off by more than a frame. */
  pendingIsStep: boolean;
  /** Samples since the last accepted one whose timestamps were far off. */
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

/** A clock at its first timestamp. `sourceOffsetMs` is the offset of all tracks, and `epochMs` the track's own. */
export function newTrackClock(
  kind: TrackKind,
  unwrapped: number,
  sourceOffsetMs: number,
  epochMs: number,
): TrackClock {
  const offsetMs = sourceOffsetMs + epochMs;
  const lastMs = Math.max(unwrapped + offsetMs, 0);
  return {
    kind,
    offsetMs,
    epochMs,
    seenOffsetMs: sourceOffsetMs,
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

/** The doubted timestamps are right: their offset is the clock's from now on. */
export function adoptPending(clock: TrackClock): void {
  clock.offsetMs = clock.pendingOffsetMs;
  clock.trustedMs = clock.lastMs;
  clock.pendingCount = 0;
  clock.wildCount = 0;
}

export function nearerTo(target: number, first: number, second: number): number {
  return Math.abs(second - target) < Math.abs(first - target) ? second : first;
}

/** After a step back of a few frames the old offset soon passes the last accepted sample again; the step remains. */
export function goesOnBehind(clock: TrackClock, unwrapped: number, offsetMs: number): boolean {
  const isBehind = clock.pendingIsStep && clock.pendingCount > 0 && unwrapped + offsetMs <= clock.lastMs;
  return isBehind && follows(unwrapped + clock.pendingOffsetMs, clock.lastMs);
}

/** Whether a track can continue at a mapped time. */
export function follows(mappedMs: number, leastMs: number): boolean {
  return mappedMs > leastMs && mappedMs - leastMs <= MAX_STEP_MS;
}

/**
 * Duration of the sample before a doubted one. If only single timestamps are wrong, the next sample is due within a step: each
 * doubted sample takes half of the rest, so that all stay before it.
 */
export function nextStep(clock: TrackClock, backMs: number): number {
  const usual = clock.lastStepMs || DEFAULT_FRAME_MS;
  if (backMs < 0 || backMs > usual) return usual;
  return Math.max(Math.floor((clock.trustedMs + usual - clock.lastMs) / 2), 1);
}
