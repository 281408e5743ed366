// The history of numbers as columns: the last five minutes by the second, and the last hour by ten seconds. A chart takes a
// view of one of the two.
import type { History } from '../../server/stats/operator-message.ts';

export type ChartRange = 'minute' | 'fiveMinutes' | 'hour';

/** Milliseconds that each range shows. */
export const RANGE_MS: Readonly<Record<ChartRange, number>> = {
  minute: 60_000,
  fiveMinutes: 300_000,
  hour: 3_600_000,
};

type Row = { readonly t: number; readonly values: readonly (number | null)[] };
type Bucket = { endsAt: number; counts: number[]; sums: number[] };

/** A gap of this many steps breaks the line of a chart. */
const GAP_STEPS = 2.5;

export type ColumnHistoryOptions<Column extends string> = {
  readonly columns: readonly Column[];
  /** Columns that count events: longer steps have the sum, the others the mean. */
  readonly counted?: readonly Column[];
};

/** Times in seconds since the Unix epoch, and one array of values for each requested column. */
export type ColumnView = {
  readonly xs: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
};

export class ColumnHistory<Column extends string> {
  readonly #columns: readonly Column[];
  readonly #isCounted: readonly boolean[];
  #recent: Row[] = [];
  #hour: Row[] = [];
  #stepMs = 1_000;
  #hourStepMs = 10_000;
  #bucket: Bucket | undefined;

  constructor({ columns, counted = [] }: ColumnHistoryOptions<Column>) {
    this.#columns = columns;
    this.#isCounted = columns.map((column) => counted.includes(column));
  }

  /** Replaces everything by what the gateway kept. */
  load(recent: History<Column>, hour: History<Column>): void {
    this.#stepMs = recent.stepMs;
    this.#hourStepMs = hour.stepMs;
    this.#recent = this.#rowsOf(recent);
    this.#hour = this.#rowsOf(hour);
    this.#bucket = undefined;
  }

  /** Adds the numbers of one second. */
  push(t: number, numbers: Readonly<Record<Column, number | null>>): void {
    const last = this.#recent.at(-1);
    if (last !== undefined && t <= last.t) return;
    const values = this.#columns.map((column) => numbers[column] ?? null);
    if (last !== undefined && t - last.t > this.#stepMs * GAP_STEPS)
      this.#recent.push({ t: last.t + this.#stepMs, values: values.map(() => null) });
    this.#recent.push({ t, values });
    this.#fillBucket(t, values);
    dropBefore(this.#recent, t - RANGE_MS.fiveMinutes);
    dropBefore(this.#hour, t - RANGE_MS.hour);
  }

  /** The latest value of a column; null while it is unknown. */
  latest(column: Column): number | null {
    return this.#recent.at(-1)?.values[this.#columns.indexOf(column)] ?? null;
  }

  /** What a chart of `columns` shows. */
  view(range: ChartRange, columns: readonly Column[]): ColumnView {
    const rows = range === 'hour' ? this.#hour : this.#recent;
    const endsAt = rows.at(-1)?.t ?? 0;
    const from = rows.findIndex(({ t }) => t > endsAt - RANGE_MS[range]);
    const shown = from <= 0 ? rows : rows.slice(from);
    const indexes = columns.map((column) => this.#columns.indexOf(column));
    return {
      xs: shown.map(({ t }) => t / 1000),
      ys: indexes.map((index) => shown.map(({ values }) => values[index] ?? null)),
    };
  }

  #fillBucket(t: number, values: readonly (number | null)[]): void {
    if (this.#bucket !== undefined && t > this.#bucket.endsAt) this.#bucket = undefined;
    if (this.#bucket === undefined) {
      this.#bucket = {
        endsAt: Math.max(t, (this.#hour.at(-1)?.t ?? t - 1) + this.#hourStepMs),
        counts: values.map(() => 0),
        sums: values.map(() => 0),
      };
      this.#hour.push({ t, values });
    }
    const { sums, counts } = this.#bucket;
    for (const [at, value] of values.entries()) {
      if (value === null) continue;
      sums[at] = (sums[at] ?? 0) + value;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const means = sums.map((sum, at) => {
      const count = counts[at] ?? 0;
      if (count === 0) return null;
      return this.#isCounted[at] === true ? sum : sum / count;
    });
    this.#hour[this.#hour.length - 1] = { t, values: means };
  }

  #rowsOf({ stepMs, endsAt, keys, columns }: History<Column>): Row[] {
    const sources = this.#columns.map((column) => columns[keys.indexOf(column)]);
    const length = Math.max(0, ...columns.map((column) => column.length));
    return Array.from({ length }, (_, at) => ({
      t: endsAt - (length - 1 - at) * stepMs,
      values: sources.map((source) => source?.[at] ?? null),
    }));
  }
}

function dropBefore(rows: Row[], t: number): void {
  const kept = rows.findIndex((row) => row.t > t);
  if (kept > 0) rows.splice(0, kept);
}
