// Memory while publishers come and go: its table, and what it grows by.
import { expect, test } from 'vitest';
import { churnTable, growthPerHour, type MemorySample } from '../../../bench/churn-bench.ts';

const MIB = 1024 * 1024;
const samples = (count: number, heapMib: (atS: number) => number): readonly MemorySample[] =>
  Array.from({ length: count }, (_, at) => {
    const atS = 5 * (at + 1);
    return { atS, rssBytes: 900 * MIB, heapBytes: heapMib(atS) * MIB, bufferBytes: 700 * MIB, live: 48 };
  });
const growthOf = (all: readonly MemorySample[]): number =>
  growthPerHour(all, ({ heapBytes }) => heapBytes / MIB);

test('the start is no growth', () => {
  expect(growthOf(samples(100, (atS) => Math.min(atS, 120)))).toBeCloseTo(0, 6);
});

test('growth is told for an hour', () => {
  expect(growthOf(samples(100, (atS) => 20 + atS / 60))).toBeCloseTo(60, 6);
});

test('a long run has twelve rows of medians', () => {
  const rows = churnTable(samples(720, () => 20))
    .split('\n')
    .slice(2);
  expect(rows).toHaveLength(12);
  expect(
    rows
      .at(-1)
      ?.split('|')
      .map((cell) => cell.trim()),
  ).toEqual(['', '60.0', '900', '20.0', '700', '48', '']);
});
