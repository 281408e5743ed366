// The one place that reads the time. Whoever measures time is given a Clock, so that tests can turn it.

export type Clock = {
  /** Milliseconds since the Unix epoch: for what people and players are shown. It jumps when the clock is set. */
  epochMs(): number;
  /** Milliseconds that only grow, from any origin: for how long something has lasted. */
  monotonicMs(): number;
};

/** For what only measures durations. */
export type MonotonicClock = Pick<Clock, 'monotonicMs'>;

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
