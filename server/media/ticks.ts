// The common scale: positions and lengths of all tracks on one clock, as whole ticks, so that sums and comparisons are exact
// however long a stream lasts. Seconds are for settings and for text.

/**
 * The least common multiple of video's 90 000 and of the sample rates that AAC names (ISO 14496-3 table 1.18): a tick of any of
 * them is a whole number of these. Numbers are exact up to 2^53, which is two years. A sample rate that AAC spells out is rounded
 * to 7 ns at each position, and adds nothing up.
 */
export const TICKS_PER_SECOND = 141_120_000;
export const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** Of a position or length on a track's clock. */
export function toTicks(value: number, timescale: number): number {
  return Math.round(value * (TICKS_PER_SECOND / timescale));
}

/** On a track's clock: the nearest tick of it. */
export function fromTicks(ticks: number, timescale: number): number {
  return Math.round(ticks / (TICKS_PER_SECOND / timescale));
}

/** Of a length that is set in seconds. */
export function ticksOfSeconds(seconds: number): number {
  return Math.round(seconds * TICKS_PER_SECOND);
}

export function ticksOfMs(ms: number): number {
  return Math.round(ms * TICKS_PER_MS);
}

/** For what is shown or told; never to be added up. */
export function secondsOf(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}

export function msOf(ticks: number): number {
  return ticks / TICKS_PER_MS;
}
