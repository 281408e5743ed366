// Clocks that a test controls.
import type { Clock } from '../../server/clock.ts';

/** A clock from two functions, or one function for both. */
export function clockOf(epochMs: () => number, monotonicMs: () => number = epochMs): Clock {
  return { epochMs, monotonicMs };
}
