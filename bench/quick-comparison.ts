// Compares ratios with those of the last report: a change counts if it is larger than 10 % and than the spread of both.

import { spreadOf } from './samples.ts';

export type QuickVerdict = {
  readonly title: string;
  readonly now: readonly number[];
  /** Empty if the last report does not have it. */
  readonly before: readonly number[];
  readonly verdict: string;
};

const MIN_CHANGE = 0.1;

/** Ratios for which less is better. */
export function compareRatio(title: string, now: readonly number[], before: readonly number[]): QuickVerdict {
  return { title, now, before, verdict: verdictOf(now, before) };
}

function verdictOf(now: readonly number[], before: readonly number[]): string {
  const present = spreadOf(now);
  const past = spreadOf(before);
  if (present === undefined) return 'not measured';
  if (past === undefined) return 'not in the last report';
  const change = present.median - past.median;
  const widest = Math.max(present.max - present.min, past.max - past.min);
  const percent = Math.round((100 * Math.abs(change)) / past.median);
  if (Math.abs(change) <= MIN_CHANGE * past.median) return 'no change';
  if (Math.abs(change) <= widest) return `${percent} % ${change > 0 ? 'more' : 'less'}, within the spread`;
  return `${percent} % ${change > 0 ? 'worse' : 'better'}`;
}
