// The common scale: the ticks of every clock are whole numbers on it, and sums stay exact over any time.
import { describe, expect, it, test } from 'vitest';
import {
  fromTicks,
  secondsOf,
  TICKS_PER_MS,
  TICKS_PER_SECOND,
  ticksOfMs,
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

  it('comes back as it was, after two years too', () => {
    for (const at of [0, 1, 1_024, timescale, 2 * YEAR_S * timescale + 1]) {
      expect(toTicks(at, timescale) % 1).toBe(0);
      expect(fromTicks(toTicks(at, timescale), timescale)).toBe(at);
    }
  });

  it('has exact sums and differences after two years', () => {
    const late = 2 * YEAR_S * timescale + 1;
    for (const length of [1, 1_024, timescale + 1]) {
      const [start, end] = [toTicks(late, timescale), toTicks(late + length, timescale)];
      expect(start + toTicks(length, timescale)).toBe(end);
      expect(end - start).toBe(toTicks(length, timescale));
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

test('milliseconds are whole', () => {
  expect(TICKS_PER_MS % 1).toBe(0);
});

test('the length of a picture or of a frame of sound is more than 31 bits', () => {
  // V8 compiles for small integers until one is larger: then all compiled code of media is thrown away.
  expect(ticksOfMs(4)).toBeGreaterThan(2 ** 31);
  expect(toTicks(1_024, 96_000)).toBeGreaterThan(2 ** 31);
});
