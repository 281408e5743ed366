// PART-TARGET and TARGETDURATION: chosen once per playlist from the frame duration, never changed (RFC 8216bis 4.4.3.1, 4.4.3.7).

import { frameTicks, promisedFrameRate } from '../codec/codec-config.ts';
import { TICKS_PER_MS, TICKS_PER_SECOND, ticksOfMs, ticksOfSeconds, toTicks } from '../media/ticks.ts';
import type { Track } from '../media/track.ts';

/** Durations that hold for a playlist's whole life, in ticks of the common scale where no unit is named. */
export type PartTiming = {
  /** PART-TARGET, whole milliseconds: no part is longer, and all but a segment's last reach 85 % of it. */
  readonly partTarget: number;
  /** TARGETDURATION, whole seconds: no EXTINF rounds above it. */
  readonly targetDuration: number;
  /** A segment ends at the first sync sample after so much. */
  readonly segmentTarget: number;
};

/** RTMP counts milliseconds: a part of whole frames is up to one millisecond longer than its frames. */
const TIMESTAMP_ROUNDING = TICKS_PER_MS;
/** From this length on frames come from cameras that take their time, and keep it less well than encoders. */
const SLOW_FRAME = ticksOfMs(100);
/**
 * A part of one slow frame may last this much longer: a frame that comes later leaves a slot without any, which is a GAP, and
 * hls.js plays no part behind one until the next key frame. A part of the usual length is still 85 % of it (4.4.4.9).
 */
const SLOW_FRAME_ROOM = 0.15;

/** The longest part of one slow picture: one picture in ten seconds, and room for one that is late. */
const MAX_SLOW_PART = ticksOfSeconds(12);

/**
 * PART-TARGET is a whole number of frames as near as can be to what is wanted, and room for RTMP's rounding at both ends,
 * so that constant frame rates give parts of equal length. It is no longer than a segment may be.
 */
export function choosePartTiming(options: {
  readonly frameDuration: number;
  readonly wantedPart: number;
  readonly wantedSegment: number;
  /** The clock is a sample clock: its durations are exact. */
  readonly isExact: boolean;
}): PartTiming {
  const { frameDuration, wantedPart, wantedSegment, isExact } = options;
  const frames = Math.max(1, Math.round(wantedPart / frameDuration));
  const rounding = isExact ? 0 : 2 * TIMESTAMP_ROUNDING;
  const isSlow = frames === 1 && frameDuration >= SLOW_FRAME && !isExact;
  const part = Math.round(frames * frameDuration * (isSlow ? 1 + SLOW_FRAME_ROOM : 1));
  // Pictures that lie further apart than a segment lasts make segments of one picture.
  const targetDuration = Math.max(
    2 * Math.ceil(wantedSegment / TICKS_PER_SECOND),
    Math.ceil(Math.min(part, MAX_SLOW_PART) / TICKS_PER_SECOND),
  );
  const wholeMs = Math.ceil((part + rounding) / TICKS_PER_MS) * TICKS_PER_MS;
  const partTarget = Math.min(wholeMs, targetDuration * TICKS_PER_SECOND);
  return { partTarget, targetDuration, segmentTarget: wantedSegment };
}

/** Frame rates that encoders mean when a measurement on millisecond timestamps comes near them. */
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
/** Rates that differ by less than this cannot be told apart by a few timestamps. */
const SAME_RATE = 0.02;

/** A step this many times longer or shorter than the middle one is an accident of the start, not the frame rate. */
const OUTLIER = 3;
/** What is taken where neither the stream nor its timestamps tell. */
const DEFAULT_FRAME_RATE = 30;

/**
 * The frame duration: what the stream promises if its timestamps agree, else what they show.
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

/** The frame duration of a track that has not shown any yet. */
export function assumedFrameDuration(lead: Track, hintedRate: number | undefined): number {
  if (lead.kind === 'audio') return toTicks(frameTicks(lead.config), lead.timescale);
  return ticksOfSeconds(1 / (promisedFrameRate(lead.config) ?? hintedRate ?? DEFAULT_FRAME_RATE));
}

function usualStep(steps: readonly number[]): number {
  const sorted = steps.filter((step) => step > 0).sort((left, right) => left - right);
  // Of two in the middle the shorter: a frame that is late once is likelier than one that is early.
  const median = sorted[(sorted.length - 1) >> 1] ?? ticksOfSeconds(1 / DEFAULT_FRAME_RATE);
  const usual = sorted.filter((step) => step * OUTLIER >= median && step <= median * OUTLIER);
  return usual.length === 0 ? median : usual.reduce((sum, step) => sum + step, 0) / usual.length;
}
