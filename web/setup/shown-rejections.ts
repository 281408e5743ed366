// Which refused encoders the set-up page shows: those of the chosen name, and those whose key belongs to no name.
import type { RejectedAttempt } from '../../server/stats/operator-message.ts';

/** Older refusals are on the dashboard. */
const RECENT_MS = 10 * 60_000;
const MAX_SHOWN = 3;

/** The newest first. `connectedAt`: when the stream last got an encoder, after which earlier refusals no longer matter. */
export function shownRejections(
  attempts: readonly RejectedAttempt[],
  {
    name,
    nowMs,
    connectedAt,
  }: { readonly name: string; readonly nowMs: number; readonly connectedAt?: number },
): readonly RejectedAttempt[] {
  const since = Math.max(nowMs - RECENT_MS, connectedAt ?? 0);
  return attempts
    .filter((attempt) => attempt.t > since && (attempt.name === undefined || attempt.name === name))
    .sort((one, other) => other.t - one.t)
    .slice(0, MAX_SHOWN);
}
