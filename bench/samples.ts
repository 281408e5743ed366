// Samples of measurements, and what is computed from them: spreads, ratios within a round, and marks of disturbed rows.

import { median } from './statistics.ts';
import type { SystemName } from './system-names.ts';

/** Values by the name of the figure; NaN if it was not measured. */
export type Figures = Readonly<Record<string, number>>;

export type Sample = {
  readonly measurement: string;
  /** What the system had to do, such as `50 streams, steady`. */
  readonly load: string;
  readonly system: SystemName;
  /** Systems of one round ran right after one another. */
  readonly round: number;
  readonly figures: Figures;
  /** Why the sample is not reliable; empty if it is. */
  readonly disturbed: readonly string[];
};

export type Spread = { readonly min: number; readonly median: number; readonly max: number };

export type Ratio = {
  readonly measurement: string;
  readonly load: string;
  readonly figure: string;
  readonly of: SystemName;
  readonly to: SystemName;
};

/** Facts about the conditions of a sample. */
export type Conditions = {
  /** Processor time of programs that are not part of the benchmark, in percent of one processor. */
  readonly othersPercent: number;
  /** Processor time of the busiest process of the load. */
  readonly loadPercent: number;
  /** How late the load was, p99. */
  readonly loadLateMs: number;
  /** How late it may be; half of a default part unless given. */
  readonly maxLoadLateMs?: number;
};

/** Others above this share of a processor change the figures by more than a few percent. */
const MAX_OTHERS_PERCENT = 20;
/** A load process above this share cannot keep its pace. */
const MAX_LOAD_PERCENT = 95;
/** A twentieth of a segment, and half of a part. */
const MAX_LOAD_LATE_MS = 100;
const LOAD_REASON = 'load';

export function disturbances(conditions: Conditions): readonly string[] {
  const { othersPercent, loadPercent, loadLateMs, maxLoadLateMs = MAX_LOAD_LATE_MS } = conditions;
  const reasons: string[] = [];
  if (othersPercent > MAX_OTHERS_PERCENT) reasons.push(`other programs ${Math.round(othersPercent)} %`);
  if (loadPercent > MAX_LOAD_PERCENT)
    reasons.push(`${LOAD_REASON} at its limit ${Math.round(loadPercent)} %`);
  if (loadLateMs > maxLoadLateMs) reasons.push(`${LOAD_REASON} late ${Math.round(loadLateMs)} ms`);
  return reasons;
}

/** Whether the load did not keep its pace. Then times and stalls are its own and not the server's. */
export function hasLateLoad({ disturbed }: Pick<Sample, 'disturbed'>): boolean {
  return disturbed.some((reason) => reason.startsWith(LOAD_REASON));
}

/** Undefined without values. Values that were not measured are left out. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return undefined;
  return { min: Math.min(...known), median: median(known), max: Math.max(...known) };
}

/** The ratio of each round in which both systems were measured. */
export function ratiosOf(samples: readonly Sample[], ratio: Ratio): readonly number[] {
  const figureOf = (system: SystemName, round: number): number => {
    const found = samples.find(
      (sample) =>
        sample.measurement === ratio.measurement &&
        sample.load === ratio.load &&
        sample.system === system &&
        sample.round === round,
    );
    return found?.figures[ratio.figure] ?? Number.NaN;
  };
  const rounds = [...new Set(samples.map(({ round }) => round))].sort((a, b) => a - b);
  return rounds
    .map((round) => figureOf(ratio.of, round) / figureOf(ratio.to, round))
    .filter((value) => Number.isFinite(value));
}

/** The median first: `1.07 (0.98–1.21)`. */
export function shownSpread(values: readonly number[], decimals: number): string {
  const spread = spreadOf(values);
  if (spread === undefined) return '–';
  const { min, median: middle, max } = spread;
  const range = `${min.toFixed(decimals)}–${max.toFixed(decimals)}`;
  return values.length < 2 ? middle.toFixed(decimals) : `${middle.toFixed(decimals)} (${range})`;
}
