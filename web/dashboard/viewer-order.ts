// The order of viewers in the table, and how many there are.
import type { ViewerRow } from '../../server/stats/operator-message.ts';

/** Measured ones first, those with most stalls at the top, then the largest groups of counted ones. */
export function inViewerOrder(viewers: readonly ViewerRow[]): readonly ViewerRow[] {
  return viewers.toSorted(
    (a, b) =>
      Number(b.kind === 'measured') - Number(a.kind === 'measured') ||
      (b.stalls ?? 0) - (a.stalls ?? 0) ||
      b.count - a.count ||
      (b.latencyMs ?? 0) - (a.latencyMs ?? 0) ||
      a.since - b.since,
  );
}

/** Players, not rows. */
export function countViewers(viewers: readonly ViewerRow[]): {
  readonly all: number;
  readonly measured: number;
} {
  const sum = (rows: readonly ViewerRow[]) => rows.reduce((total, { count }) => total + count, 0);
  return { all: sum(viewers), measured: sum(viewers.filter(({ kind }) => kind === 'measured')) };
}
