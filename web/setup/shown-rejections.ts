// Which refused encoders the set-up page shows: those of the chosen name, and those whose key belongs to no name.
import type { RejectedAttempt } from '../../server/stats/operator-message.ts';

/** Older refusals are on the dashboard. */
const RECENT_MS = 10 * 60_000;
const MAX_SHOWN = 3;

/** An encoder that tries again and again is one line. */
export type ShownRejection = RejectedAttempt & { readonly count: number };

/** The newest first. `connectedAt`: when the stream last got an encoder, after which earlier refusals no longer matter. */
export function shownRejections(
  attempts: readonly RejectedAttempt[],
  {
    name,
    nowMs,
    connectedAt,
  }: { readonly name: string; readonly nowMs: number; readonly connectedAt?: number },
): readonly ShownRejection[] {
  const since = Math.max(nowMs - RECENT_MS, connectedAt ?? 0);
  const shown = new Map<string, ShownRejection>();
  const concerned = attempts.filter(
    (attempt) => attempt.t > since && (attempt.name === undefined || attempt.name === name),
  );
  for (const attempt of concerned.sort((one, other) => other.t - one.t)) {
    const { code, reason, remoteAddress } = attempt;
    const key = JSON.stringify([attempt.name, code, reason, remoteAddress]);
    const newest = shown.get(key);
    shown.set(key, newest === undefined ? { ...attempt, count: 1 } : { ...newest, count: newest.count + 1 });
  }
  return [...shown.values()].slice(0, MAX_SHOWN);
}
