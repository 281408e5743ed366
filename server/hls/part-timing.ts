// PART-TARGET and TARGETDURATION: chosen once per playlist from the frame duration, never changed (RFC 8216bis 4.4.3.1, 4.4.3.7).

import { frameTicks, promisedFrameRate } from '../codec/codec-config.ts';
import { TICKS_PER_MS, TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';

/** Durations of a playlist, which never change; ticks of the common scale unless a unit is named. */
export type PartTiming = {
  /** PART-TARGET, whole milliseconds: no part is longer, and all but a segment's last reach 85 % of it. */
  readonly partTarget: number;
  /** TARGETDURATION, whole seconds: no EXTINF rounds above it. */
  readonly targetDuration: number;
  /** A segment ends at the first sync sample after this time. */
  readonly segmentTarget: number;
};

/** RTMP counts milliseconds: a part of whole frames is up to one millisecond longer than its frames. */
const TIMESTAMP_ROUNDING = TICKS_PER_MS;
/** Frames of this length or more come from slow cameras, which are less regular. */
const SLOW_FRAME = ticksOfMs(100);
/**
 * A part of one slow frame may last this much longer. Otherwise a late frame leaves an empty slot (a GAP), and hls.js plays no
 * part after it until the next key frame. A part of the usual length is still 85 % of it (4.4.4.9).
 */
const SLOW_FRAME_ROOM = 0.15;

/** The longest part of one slow picture: one picture in ten seconds, with a margin. */
const MAX_SLOW_PART = ticksOfSeconds(12);

/**
 * PART-TARGET is the nearest whole number of frames plus RTMP's rounding at both ends, so that constant frame rates give parts of
 * equal length. It is no longer than a segment may be.
 */
export function choosePartTiming(options: {
  readonly frameDuration: number;
  readonly wantedPart: number;
  readonly wantedSegment: number;
  /** Durations are exact, because the clock is a sample clock. */
  readonly isExact: boolean;
}): PartTiming {
  const { frameDuration, wantedPart, wantedSegment, isExact } = options;
  const frames = Math.max(1, Math.round(wantedPart / frameDuration));
  const rounding = isExact ? 0 : 2 * TIMESTAMP_ROUNDING;
  const isSlow = frames === 1 && frameDuration >= SLOW_FRAME && !isExact;
  const part = Math.round(frames * frameDuration * (isSlow ? 1 + SLOW_FRAME_ROOM : 1));
  // If pictures are further apart than a segment, each segment has one picture.
  const targetDuration = Math.max(
    2 * Math.ceil(wantedSegment / TICKS_PER_SECOND),
    Math.ceil(Math.min(part, MAX_SLOW_PART) / TICKS_PER_SECOND),
  );
  const wholeMs = Math.ceil((part + rounding) / TICKS_PER_MS) * TICKS_PER_MS;
  const partTarget = Math.min(wholeMs, targetDuration * TICKS_PER_SECOND);
  return { partTarget, targetDuration, segmentTarget: wantedSegment };
}

/** Common frame rates; a measurement near one of them is rounded to it. */
const COMMON_FRAME_RATES = [
  10,
  12,
  12.5,
  15,
  20,
  24_000 / 1001,
  24,
  25,
  30_000 / 1001,
  30,
  48,
  50,
  60_000 / 1001,
  60,
  120,
];
/** A few timestamps cannot distinguish rates that differ by less than this. */
const SAME_RATE = 0.02;

/** A step that differs from the median by this factor is ignored. */
const OUTLIER = 3;
/** Default without other information. */
const DEFAULT_FRAME_RATE = 30;
/** RTMP counts milliseconds, so no rate is higher. A lower one than that of the slowest part is damaged data. */
const MAX_FRAME_RATE = 1_000;
const MIN_FRAME_RATE = TICKS_PER_SECOND / MAX_SLOW_PART;

/**
 * The frame duration: that of the configuration if timestamps agree, else the measured one.
 * @param steps distances of consecutive timestamps; at least one
 */
export function frameDuration(
  steps: readonly number[],
  promisedRates: readonly (number | undefined)[],
): number {
  const mean = usualStep(steps) / TICKS_PER_SECOND;
  for (const rate of promisedRates) {
    if (rate !== undefined && rate > 0 && Math.abs(rate * mean - 1) < 2 * SAME_RATE)
      return ticksOfSeconds(1 / rate);
  }
  let nearest: number | undefined;
  for (const rate of COMMON_FRAME_RATES) {
    const distance = Math.abs(rate * mean - 1);
    if (distance < SAME_RATE && distance < Math.abs((nearest ?? 0) * mean - 1)) nearest = rate;
  }
  return ticksOfSeconds(nearest === undefined ? mean : 1 / nearest);
}

/** The frame duration of a track without samples. A promised rate is checked, because no timestamps agree with it. */
export function assumedFrameDuration(lead: Track, hintedRate: number | undefined): number {
  if (lead.kind === 'audio') return toTicks(frameTicks(lead.config), lead.timescale);
  const rate = [promisedFrameRate(lead.config), hintedRate].find(isPossibleRate) ?? DEFAULT_FRAME_RATE;
  return ticksOfSeconds(1 / rate);
}

function isPossibleRate(rate: number | undefined): rate is number {
  return rate !== undefined && rate >= MIN_FRAME_RATE && rate <= MAX_FRAME_RATE;
}

function usualStep(steps: readonly number[]): number {
  const sorted = steps.filter((step) => step > 0).sort((left, right) => left - right);
  // With two middle values use the shorter: late frames are more common than early ones.
  const median = sorted[(sorted.length - 1) >> 1] ?? ticksOfSeconds(1 / DEFAULT_FRAME_RATE);
  const usual = sorted.filter((step) => step * OUTLIER >= median && step <= median * OUTLIER);
  return usual.length === 0 ? median : usual.reduce((sum, step) => sum + step, 0) / usual.length;
}
