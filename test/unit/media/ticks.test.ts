// The common scale: the ticks of every clock are whole numbers on it, and sums stay exact over any time.
import { describe, expect, it, test } from 'vitest';
import {
  fromTicks,
  secondsOf,
  TICKS_PER_MS,
  TICKS_PER_SECOND,
  ticksOfSeconds,
  toTicks,
} from '../../../server/media/ticks.ts';

const TIMESCALES = [
  90_000, 96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  7_350,
];
const YEAR_S = 365 * 24 * 3600;

describe.each(TIMESCALES)('a clock of %i Hz', (timescale) => {
  it('has ticks that are whole numbers of common ones', () => {
    expect(TICKS_PER_SECOND % timescale).toBe(0);
  });

  it('comes back as it was, after a year too', () => {
    for (const at of [0, 1, 1_024, timescale, YEAR_S * timescale + 1]) {
      expect(toTicks(at, timescale) % 1).toBe(0);
      expect(fromTicks(toTicks(at, timescale), timescale)).toBe(at);
    }
  });
});

test('a clock that divides nothing is off by less than a tick, and adds nothing up', () => {
  const timescale = 37_801;
  for (let at = 0; at < 1e9; at += 12_345_678)
    expect(Math.abs(secondsOf(toTicks(at, timescale)) - at / timescale)).toBeLessThan(1e-8);
});

test('tenths of seconds add up to seconds, which in floating point they do not', () => {
  const sum = (length: number): number => Array.from({ length: 10 }, () => length).reduce((a, b) => a + b, 0);
  expect(sum(0.1)).not.toBe(1);
  expect(sum(ticksOfSeconds(0.1))).toBe(TICKS_PER_SECOND);
});

test('milliseconds are whole, and two years of them are exact', () => {
  expect(TICKS_PER_MS % 1).toBe(0);
  expect(2 * YEAR_S * TICKS_PER_SECOND).toBeLessThan(Number.MAX_SAFE_INTEGER);
});
