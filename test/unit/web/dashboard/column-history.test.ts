// The history of numbers, from the gateway's snapshot and from ticks, as charts need it.
import { expect, test } from 'vitest';
import type { History } from '../../../../server/stats/operator-message.ts';
import { ColumnHistory } from '../../../../web/dashboard/column-history.ts';

type Column = 'bps' | 'stalls' | 'jitter';
const START = 1_000_000_000;

const make = () =>
  new ColumnHistory<Column>({
    columns: ['bps', 'stalls', 'jitter'],
    combine: { stalls: 'sum', jitter: 'max' },
  });

const snapshot = (stepMs: number, values: readonly (number | null)[]): History<Column> => ({
  stepMs,
  endsAt: START,
  // Another order than the page's, and a column that it does not know.
  keys: ['stalls', 'bps', 'later' as Column],
  columns: [values.map(() => 1), values, values],
});

test('a snapshot is read by its keys; columns that it has not are unknown', () => {
  const history = make();
  history.load(snapshot(1_000, [10, null, 30]), snapshot(10_000, [1, 2]));
  expect(history.view('fiveMinutes', ['bps', 'stalls', 'jitter'])).toEqual({
    xs: [START - 2_000, START - 1_000, START].map((t) => t / 1000),
    ys: [
      [10, null, 30],
      [1, 1, 1],
      [null, null, null],
    ],
  });
  expect(history.view('hour', ['bps']).xs).toEqual([START - 10_000, START].map((t) => t / 1000));
  expect([history.latest('bps'), history.latest('jitter')]).toEqual([30, null]);
});

test('a range ends at the newest value and has no older ones than it may', () => {
  const history = make();
  for (let second = 0; second < 400; second += 1)
    history.push(START + second * 1_000, { bps: second, stalls: 0, jitter: 0 });
  const minute = history.view('minute', ['bps']);
  expect([minute.ys[0]?.[0], minute.ys[0]?.at(-1), minute.xs.length]).toEqual([340, 399, 60]);
  expect(history.view('fiveMinutes', ['bps']).xs.length).toBe(300);
});

test('steps of ten seconds have the mean, the sum or the highest value', () => {
  const history = make();
  for (let second = 1; second <= 20; second += 1)
    history.push(START + second * 1_000, { bps: second, stalls: 1, jitter: second === 4 ? 90 : null });
  const { ys } = history.view('hour', ['bps', 'stalls', 'jitter']);
  expect(ys).toEqual([
    [5.5, 15.5],
    [10, 10],
    [90, null],
  ]);
});

test('a clock that is set back replaces what was said to come later', () => {
  const history = make();
  const push = (second: number, bps: number) =>
    history.push(START + second * 1_000, { bps, stalls: 0, jitter: 0 });
  for (let second = 1; second <= 100; second += 1) push(second, 1);
  for (let second = 41; second <= 45; second += 1) push(second, 2);
  const { xs, ys } = history.view('minute', ['bps']);
  expect(ys[0]?.slice(-7)).toEqual([1, 1, 2, 2, 2, 2, 2]);
  expect(xs.at(-1)).toBe((START + 45_000) / 1_000);
  const hour = history.view('hour', ['bps']);
  expect(hour.xs).toEqual(hour.xs.toSorted((a, b) => a - b));
  expect([hour.xs.at(-1), hour.ys[0]?.at(-1)]).toEqual([(START + 45_000) / 1_000, 2]);
});

test('a pause breaks the line, and a repeated second is dropped', () => {
  const history = make();
  const numbers = { bps: 5, stalls: 0, jitter: 0 };
  history.push(START, numbers);
  history.push(START, { ...numbers, bps: 6 });
  history.push(START + 7_000, numbers);
  expect(history.view('minute', ['bps'])).toEqual({
    xs: [START, START + 1_000, START + 7_000].map((t) => t / 1000),
    ys: [[5, null, 5]],
  });
});
