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
/** The values of one step of ten seconds so far. */
type Bucket = { readonly endsAt: number; readonly values: number[][] };

/** A gap of this many steps breaks the line of a chart. */
const GAP_STEPS = 2.5;

export type ColumnHistoryOptions<Column extends string> = {
  readonly columns: readonly Column[];
  /** What a step of ten seconds has of ten values; the mean if the column is absent. */
  readonly combine?: Readonly<Partial<Record<Column, 'sum' | 'max'>>>;
};

/** Times in seconds since the Unix epoch, and one array of values for each requested column. */
export type ColumnView = {
  readonly xs: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
};

export class ColumnHistory<Column extends string> {
  readonly #columns: readonly Column[];
  readonly #combine: Readonly<Partial<Record<Column, 'sum' | 'max'>>> | undefined;
  #recent: Row[] = [];
  #hour: Row[] = [];
  #stepMs = 1_000;
  #hourStepMs = 10_000;
  #bucket: Bucket | undefined;

  constructor({ columns, combine }: ColumnHistoryOptions<Column>) {
    this.#columns = columns;
    this.#combine = combine;
  }

  get columns(): readonly Column[] {
    return this.#columns;
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
    const newest = this.#recent.at(-1);
    if (newest !== undefined && t <= newest.t) {
      if (newest.t - t < this.#stepMs) return;
      this.#forgetFrom(t);
    }
    const last = this.#recent.at(-1);
    const values = this.#columns.map((column) => numbers[column] ?? null);
    if (last !== undefined && t - last.t > this.#stepMs * GAP_STEPS)
      this.#recent.push({ t: last.t + this.#stepMs, values: values.map(() => null) });
    this.#recent.push({ t, values });
    this.#fillBucket(t, values);
    dropBefore(this.#recent, t - RANGE_MS.fiveMinutes);
    dropBefore(this.#hour, t - RANGE_MS.hour);
  }

  /** The gateway's clock was set back. */
  #forgetFrom(t: number): void {
    this.#recent = this.#recent.filter((row) => row.t < t);
    this.#hour = this.#hour.filter((row) => row.t < t);
    this.#bucket = undefined;
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
        values: values.map(() => []),
      };
      this.#hour.push({ t, values });
    }
    const { values: seen } = this.#bucket;
    for (const [at, value] of values.entries()) if (value !== null) seen[at]?.push(value);
    const combined = this.#columns.map((column, at) => combine(seen[at] ?? [], this.#combine?.[column]));
    this.#hour[this.#hour.length - 1] = { t, values: combined };
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

function combine(values: readonly number[], how: 'sum' | 'max' | undefined): number | null {
  if (values.length === 0) return null;
  if (how === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return how === 'sum' ? sum : sum / values.length;
}

function dropBefore(rows: Row[], t: number): void {
  const kept = rows.findIndex((row) => row.t > t);
  if (kept > 0) rows.splice(0, kept);
}
