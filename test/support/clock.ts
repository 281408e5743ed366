// Clocks that a test turns by hand.
import type { Clock } from '../../server/clock.ts';

/** A clock that shows what the functions return; one function serves as both. */
export function clockOf(epochMs: () => number, monotonicMs: () => number = epochMs): Clock {
  return { epochMs, monotonicMs };
}
