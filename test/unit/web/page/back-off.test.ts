import { describe, expect, it } from 'vitest';
import { BackOff } from '../../../../web/page/back-off.ts';

function waits(backOff: BackOff, count: number): readonly number[] {
  return Array.from({ length: count }, () => backOff.next());
}

describe('BackOff', () => {
  it('doubles up to the cap', () => {
    const highest = new BackOff({ firstMs: 500, maxMs: 4000, random: () => 0.9999999 });
    expect(waits(highest, 6)).toEqual([500, 1000, 2000, 4000, 4000, 4000]);
  });

  it('grows as slowly as it is told to', () => {
    const slow = new BackOff({ firstMs: 500, maxMs: 1500, growth: 1.5, random: () => 0.9999999 });
    expect(waits(slow, 5)).toEqual([500, 750, 1125, 1500, 1500]);
  });

  it('never waits less than half of the step', () => {
    const lowest = new BackOff({ firstMs: 500, maxMs: 4000, random: () => 0 });
    expect(waits(lowest, 5)).toEqual([250, 500, 1000, 2000, 2000]);
  });

  it('spreads those who fail together', () => {
    const seen = new Set(
      Array.from({ length: 50 }, () => new BackOff({ firstMs: 100_000, maxMs: 100_000 }).next()),
    );
    expect(seen.size).toBeGreaterThan(10);
    for (const waitMs of seen) {
      expect(waitMs).toBeGreaterThanOrEqual(50_000);
      expect(waitMs).toBeLessThanOrEqual(100_000);
    }
  });

  it('starts again after a success', () => {
    const backOff = new BackOff({ firstMs: 500, maxMs: 4000, random: () => 0 });
    waits(backOff, 4);
    expect(backOff.attempts).toBe(4);
    backOff.reset();
    expect(backOff.attempts).toBe(0);
    expect(backOff.next()).toBe(250);
  });

  it('stays at the cap after any number of attempts', () => {
    const backOff = new BackOff({ firstMs: 500, maxMs: 4000, random: () => 0 });
    expect(waits(backOff, 2000).at(-1)).toBe(2000);
  });
});
