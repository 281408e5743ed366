// Limits how often a source may change its tracks or its clock. Each change is a new run with an init segment, a discontinuity
// and at least one segment (RFC 8216bis clause 4.4.4.3).

import type { MonotonicClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { FIXED_LIMITS } from '../limit-tally.ts';

/** A change of resolution needs one run. No encoder makes more than one a second for ten seconds. */
const MAX_RUNS = FIXED_LIMITS['stream.runs'].limit;
const WINDOW_MS = 10_000;

export class RunLimit {
  readonly #clock: MonotonicClock;
  /** When the last runs began, oldest first; at most MAX_RUNS. */
  readonly #beganAt: number[] = [];

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** A new source begins. */
  reset(): void {
    this.#beganAt.length = 0;
  }

  /** A run begins. Throws GatewayError `too_many_changes` above the limit. */
  count(): void {
    const nowMs = this.#clock.monotonicMs();
    const oldest = this.#beganAt.length < MAX_RUNS ? undefined : this.#beganAt.shift();
    this.#beganAt.push(nowMs);
    if (oldest === undefined || nowMs - oldest >= WINDOW_MS) return;
    throw new GatewayError(
      'limit',
      'too_many_changes',
      `the stream changed its codec configuration, its tracks or its clock more than ${MAX_RUNS} times in ${WINDOW_MS / 1000} s; players cannot follow that`,
    );
  }
}
