// The only place that reads the time. Components get a Clock, so that tests can control it.

export type Clock = {
  /** Milliseconds since the Unix epoch, for people and players. It jumps when the clock is set. */
  epochMs(): number;
  /** Milliseconds that never decrease, from any origin, for durations. */
  monotonicMs(): number;
};

/** A clock for durations only. */
export type MonotonicClock = Pick<Clock, 'monotonicMs'>;

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
