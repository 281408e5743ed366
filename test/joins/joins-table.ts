// The results of many joins: how many stood still just after their start, and for how long.
import { renderTable, shown } from '../../bench/markdown-table.ts';
import { percentile } from '../../bench/statistics.ts';
import type { Join } from './join.ts';

/** Joins that stood still at least once, or never started. */
export function heldUp(joins: readonly Join[]): readonly Join[] {
  return joins.filter(({ firstPictureMs, pauses }) => pauses.length > 0 || !Number.isFinite(firstPictureMs));
}

/** One row of the document's table. */
export function joinsTable(label: string, joins: readonly Join[]): string {
  const first = joins.map(({ firstPictureMs }) => firstPictureMs).filter(Number.isFinite);
  const worst = joins.map(({ pauses }) => Math.max(0, ...pauses.map(({ lengthMs }) => lengthMs)));
  return renderTable(
    ['run', 'joins', 'stood still', 'longer than 1.5 s', 'longest, ms', 'first picture p50, ms', 'p95, ms'],
    [
      [
        label,
        String(joins.length),
        String(heldUp(joins).length),
        String(worst.filter((ms) => ms > 1_500).length),
        shown(Math.max(0, ...worst)),
        shown(percentile(first, 0.5)),
        shown(percentile(first, 0.95)),
      ],
    ],
    1,
  );
}

/** A join in one line, to help find the cause. */
export function described(at: number, { firstPictureMs, pauses, warnings }: Join): string {
  const stood = pauses.map(
    ({ fromMs, lengthMs, positionS, buffered }) =>
      `${shown(lengthMs)} ms from ${shown(fromMs)} at ${positionS.toFixed(3)} of ` +
      buffered.map((range) => `[${range.map((each) => each.toFixed(3)).join(', ')}]`).join(' '),
  );
  return [`join ${at}: first picture after ${shown(firstPictureMs)} ms`, ...stood, ...warnings].join('; ');
}
