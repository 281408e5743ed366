// The rows of a chart's table: at most twenty, evenly spaced, the newest first.
import type { ColumnView } from './column-history.ts';
import { formatClock, NOTHING } from './figures.ts';

const MAX_ROWS = 20;

/** The last value of each step stands for it. */
export function tableRows(
  { xs, ys }: ColumnView,
  format: (value: number) => string,
): readonly (readonly string[])[] {
  const step = Math.max(1, Math.ceil(xs.length / MAX_ROWS));
  const rows: string[][] = [];
  for (let at = xs.length - 1; at >= 0; at -= step) {
    const cells = ys.map((column) => {
      const value = column[at];
      return value === null || value === undefined ? NOTHING : format(value);
    });
    rows.push([formatClock((xs[at] ?? 0) * 1000), ...cells]);
  }
  return rows;
}
