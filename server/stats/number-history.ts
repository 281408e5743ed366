// Measurements of the last five minutes by the second, and of the last hour by ten seconds, in memory of a fixed size: 4 bytes a
// value, 2,640 bytes a column.

import type { History } from './operator-message.ts';

/** How ten seconds become one value: what matters of peaks is their height, and what is counted adds up. */
export type Merging = 'mean' | 'max' | 'sum';

const SECOND_MS = 1_000;
const RECENT_STEPS = 300;
const SECONDS_PER_HOUR_STEP = 10;
const HOUR_STEPS = 360;

/** A ring of rows; a value that is not known is NaN. */
class Ring {
  readonly #columns: readonly Float32Array[];
  readonly #steps: number;
  /** Where the next row goes, and how many there are. */
  #next = 0;
  #length = 0;

  constructor(columnCount: number, steps: number) {
    this.#columns = Array.from({ length: columnCount }, () => new Float32Array(steps).fill(Number.NaN));
    this.#steps = steps;
  }

  push(valueAt: (column: number) => number): void {
    for (const [at, column] of this.#columns.entries()) column[this.#next] = valueAt(at);
    this.#next = (this.#next + 1) % this.#steps;
    this.#length = Math.min(this.#length + 1, this.#steps);
  }

  /** The sums of some columns over the last rows, oldest first. */
  sums(columns: readonly number[], rows: number): (number | null)[] {
    const length = Math.min(this.#length, rows);
    return Array.from({ length }, (_, at) => {
      const row = (this.#next - length + at + this.#steps) % this.#steps;
      const values = columns.flatMap((column) => shown(this.#columns[column]?.[row]) ?? []);
      return values.length === 0 ? null : Math.round(values.reduce((sum, value) => sum + value, 0));
    });
  }

  /** The columns, oldest value first. */
  read(): (number | null)[][] {
    const first = (this.#next - this.#length + this.#steps) % this.#steps;
    return this.#columns.map((column) =>
      Array.from({ length: this.#length }, (_, at) => shown(column[(first + at) % this.#steps])),
    );
  }
}

export class NumberHistory<Column extends string> {
  readonly #keys: readonly Column[];
  readonly #merging: readonly Merging[];
  readonly #recent: Ring;
  readonly #hour: Ring;
  /** Of the ten seconds that are not over. */
  readonly #open: { readonly values: Float64Array; readonly counts: Uint8Array; seconds: number };
  #endsAt = 0;
  #hourEndsAt = 0;

  /** `merging` of columns that are not means. */
  constructor(keys: readonly Column[], merging: { readonly [Key in Column]?: Merging }) {
    this.#keys = keys;
    this.#merging = keys.map((key) => merging[key] ?? 'mean');
    this.#recent = new Ring(keys.length, RECENT_STEPS);
    this.#hour = new Ring(keys.length, HOUR_STEPS);
    this.#open = { values: new Float64Array(keys.length), counts: new Uint8Array(keys.length), seconds: 0 };
  }

  /** The values of one second, which ended at `t`; milliseconds since the Unix epoch. */
  push(t: number, numbers: Readonly<Record<Column, number | null>>): void {
    this.#endsAt = t;
    this.#recent.push((at) => numbers[this.#keys[at] as Column] ?? Number.NaN);
    for (const [at, key] of this.#keys.entries()) this.#merge(at, numbers[key]);
    this.#open.seconds += 1;
    if (this.#open.seconds === SECONDS_PER_HOUR_STEP) this.#closeStep(t);
  }

  /** The sums of some columns over the last seconds, oldest first; null where none of them is known. */
  recentSums(keys: readonly Column[], seconds: number): (number | null)[] {
    return this.#recent.sums(
      keys.map((key) => this.#keys.indexOf(key)),
      seconds,
    );
  }

  recent(): History<Column> {
    return this.#shown(SECOND_MS, this.#endsAt, this.#recent);
  }

  hour(): History<Column> {
    return this.#shown(SECONDS_PER_HOUR_STEP * SECOND_MS, this.#hourEndsAt, this.#hour);
  }

  #shown(stepMs: number, endsAt: number, ring: Ring): History<Column> {
    return { stepMs, endsAt, keys: this.#keys, columns: ring.read() };
  }

  #merge(at: number, value: number | null): void {
    const { values, counts } = this.#open;
    if (value === null) return;
    const before = values[at] ?? 0;
    const count = counts[at] ?? 0;
    const isPeak = this.#merging[at] === 'max';
    if (isPeak) values[at] = count === 0 ? value : Math.max(before, value);
    else values[at] = before + value;
    counts[at] = count + 1;
  }

  #closeStep(t: number): void {
    const { values, counts } = this.#open;
    this.#hour.push((at) => {
      const count = counts[at] ?? 0;
      if (count === 0) return Number.NaN;
      const value = values[at] ?? Number.NaN;
      return this.#merging[at] === 'mean' ? value / count : value;
    });
    values.fill(0);
    counts.fill(0);
    this.#open.seconds = 0;
    this.#hourEndsAt = t;
  }
}

/** Two decimals: 32-bit numbers have seven digits, and their last ones are noise. */
function shown(value: number | undefined): number | null {
  if (value === undefined || Number.isNaN(value)) return null;
  return Math.round(value * 100) / 100;
}
