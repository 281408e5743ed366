// Which refused publishes the dashboard lists: those of the last hour, as the gateway keeps them, the newest first.
import type { RejectedAttempt } from '../../server/stats/operator-message.ts';

const HOUR_MS = 3_600_000;
/** A page that stays open during a flood of refusals must not keep everything. */
const MAX_KEPT = 500;

export type KeptOptions = {
  /** The one stream whose attempts are listed; undefined for all. */
  readonly only: string | undefined;
  /** The gateway's time. */
  readonly nowMs: number;
};

export function keptAttempts(
  attempts: readonly RejectedAttempt[],
  { only, nowMs }: KeptOptions,
): readonly RejectedAttempt[] {
  return attempts
    .filter(({ name, t }) => (only === undefined || name === only) && t > nowMs - HOUR_MS)
    .toSorted((a, b) => b.t - a.t)
    .slice(0, MAX_KEPT);
}
