// The common scale: positions and lengths of all tracks on one clock in whole ticks, so that sums and comparisons stay exact.
// Seconds are for settings and text only.

/**
 * The least common multiple of video's 90 000 and of the sample rates that AAC names (ISO 14496-3 table 1.18): a tick of any of
 * them is a whole number of these. Positions at other sample rates are rounded, by 10 ns at most in two years, and errors do not add up.
 */
const COMMON_HZ = 141_120_000;
/**
 * Makes every length and position larger than 31 bits. V8 compiles code for integers of 31 bits if it has seen no others, and throws all
 * of it away at the first larger one: without this factor at a position of 15 seconds (docs/decisions/0025-large-ticks.md). A
 * power of two costs no precision: ticks of the clocks above stay exact for two years.
 */
const LARGE = 2 ** 12;
export const TICKS_PER_SECOND = COMMON_HZ * LARGE;
export const TICKS_PER_MS = TICKS_PER_SECOND / 1000;

/** Converts a position or length on a track's clock. */
export function toTicks(value: number, timescale: number): number {
  return Math.round(value * (TICKS_PER_SECOND / timescale));
}

/** Converts to the nearest tick of a track's clock. */
export function fromTicks(ticks: number, timescale: number): number {
  return Math.round(ticks / (TICKS_PER_SECOND / timescale));
}

/** Converts a length in seconds. */
export function ticksOfSeconds(seconds: number): number {
  return Math.round(seconds * TICKS_PER_SECOND);
}

export function ticksOfMs(ms: number): number {
  return Math.round(ms * TICKS_PER_MS);
}

/** Seconds for texts; do not add them up. */
export function secondsOf(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}

export function msOf(ticks: number): number {
  return ticks / TICKS_PER_MS;
}
