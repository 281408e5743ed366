// PART-TARGET and TARGETDURATION: chosen once per playlist from the frame duration, never changed (RFC 8216bis 4.4.3.1, 4.4.3.7).

/** Durations that hold for a playlist's whole life. */
export type PartTiming = {
  /** PART-TARGET, seconds: no part is longer, and all but a segment's last reach 85 % of it. */
  readonly partTarget: number;
  /** TARGETDURATION, whole seconds: no EXTINF rounds above it. */
  readonly targetDuration: number;
  /** A segment ends at the first sync sample after this many seconds. */
  readonly segmentTarget: number;
};

/** RTMP counts milliseconds: a part of whole frames is up to one millisecond longer than its frames. */
const TIMESTAMP_ROUNDING_S = 0.001;
/** A part of one frame at less than this rate would be a segment; such a source gets parts of this length. */
const MAX_PART_TARGET_S = 1;

/**
 * PART-TARGET is a whole number of frames as near as can be to what is wanted, and room for RTMP's rounding at both ends,
 * so that constant frame rates give parts of equal length.
 */
export function choosePartTiming(options: {
  readonly frameDurationS: number;
  readonly wantedPartS: number;
  readonly wantedSegmentS: number;
  /** The clock is a sample clock: its durations are exact. */
  readonly isExact: boolean;
}): PartTiming {
  const { frameDurationS, wantedPartS, wantedSegmentS, isExact } = options;
  const frames = Math.max(1, Math.round(wantedPartS / frameDurationS));
  const rounding = isExact ? 0 : 2 * TIMESTAMP_ROUNDING_S;
  const partTarget = Math.min(
    Math.ceil((frames * frameDurationS + rounding) * 1000) / 1000,
    MAX_PART_TARGET_S,
  );
  return { partTarget, targetDuration: 2 * Math.ceil(wantedSegmentS), segmentTarget: wantedSegmentS };
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

/**
 * The frame duration in seconds: what the stream promises if its timestamps agree, else what they show.
 * @param steps distances of consecutive timestamps in seconds; at least one
 */
export function frameDuration(
  steps: readonly number[],
  promisedRates: readonly (number | undefined)[],
): number {
  const positive = steps.filter((step) => step > 0);
  const mean = positive.reduce((sum, step) => sum + step, 0) / positive.length;
  for (const rate of promisedRates) {
    if (rate !== undefined && rate > 0 && Math.abs(rate * mean - 1) < 2 * SAME_RATE) return 1 / rate;
  }
  const common = COMMON_FRAME_RATES.filter((rate) => Math.abs(rate * mean - 1) < SAME_RATE);
  const nearest = common.sort((left, right) => Math.abs(left * mean - 1) - Math.abs(right * mean - 1))[0];
  return nearest === undefined ? mean : 1 / nearest;
}
