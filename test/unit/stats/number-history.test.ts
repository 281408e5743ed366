// The history of numbers: five minutes by the second, an hour by ten seconds.
import { expect, test } from 'vitest';
import { NumberHistory } from '../../../server/stats/number-history.ts';

const COLUMNS = ['mean', 'peak', 'count'] as const;
const newHistory = () => new NumberHistory<(typeof COLUMNS)[number]>(COLUMNS, { peak: 'max', count: 'sum' });

test('seconds are kept in order, and null stays null', () => {
  const history = newHistory();
  history.push(1_000, { mean: 1.5, peak: null, count: 0 });
  history.push(2_000, { mean: null, peak: 7, count: 2 });
  expect(history.recent()).toEqual({
    stepMs: 1_000,
    endsAt: 2_000,
    keys: COLUMNS,
    columns: [
      [1.5, null],
      [null, 7],
      [0, 2],
    ],
  });
  expect(history.hour().columns).toEqual([[], [], []]);
});

test('ten seconds become their mean, their highest value or their sum; unknown seconds do not count', () => {
  const history = newHistory();
  for (let second = 1; second <= 10; second += 1) {
    const isKnown = second > 5;
    history.push(second * 1_000, { mean: isKnown ? second : null, peak: -second, count: 2 });
  }
  expect(history.hour()).toEqual({
    stepMs: 10_000,
    endsAt: 10_000,
    keys: COLUMNS,
    columns: [[8], [-1], [20]],
  });
  for (let second = 11; second <= 20; second += 1)
    history.push(second * 1_000, { mean: null, peak: null, count: null });
  expect(history.hour().columns).toEqual([
    [8, null],
    [-1, null],
    [20, null],
  ]);
});

test('after five minutes and after an hour the oldest are replaced', () => {
  const history = newHistory();
  for (let second = 1; second <= 4_000; second += 1)
    history.push(second * 1_000, { mean: second, peak: second, count: 1 });
  const [recent] = history.recent().columns;
  expect([recent?.length, recent?.[0], recent?.at(-1)]).toEqual([300, 3_701, 4_000]);
  const [, peaks, counts] = history.hour().columns;
  expect([peaks?.length, peaks?.[0], peaks?.at(-1)]).toEqual([360, 410, 4_000]);
  expect(new Set(counts)).toEqual(new Set([10]));
});

test('a bit rate keeps its digits', () => {
  const history = newHistory();
  history.push(1_000, { mean: 12_345_678, peak: 29.97, count: 0 });
  expect(history.recent().columns.slice(0, 2)).toEqual([[12_345_678], [29.97]]);
});

test('columns are added up over the last seconds, without those that are not known', () => {
  const history = newHistory();
  expect(history.recentSums(['mean', 'count'], 2)).toEqual([]);
  for (const [second, mean] of [1, null, 3.4, 4].entries())
    history.push(second * 1_000, { mean, peak: null, count: second });
  expect(history.recentSums(['mean', 'count'], 3)).toEqual([1, 5, 7]);
  expect(history.recentSums(['peak'], 2)).toEqual([null, null]);
  for (let second = 4; second < 400; second += 1)
    history.push(second * 1_000, { mean: second, peak: null, count: 0 });
  expect(history.recentSums(['mean'], 2)).toEqual([398, 399]);
  expect(history.recentSums(['mean'], 1_000)).toHaveLength(300);
});
