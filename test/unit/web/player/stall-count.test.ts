// Stalls are counted once each, with their length; the waits of seeks are no stalls.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { StallCount } from '../../../../web/player/stall-count.ts';

const LOOK_MS = 250;
/** One a second for twelve days: a number for each would be eight megabytes. */
const STALLS_OF_WEEKS = 1_000_000;

/** Looks from `fromMs` until `toMs`, as the player does. */
function wait(stalls: StallCount, fromMs: number, toMs: number, isSeeking = false): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += LOOK_MS)
    stalls.look(nowMs, { isWaiting: true, isSeeking });
  stalls.look(toMs + LOOK_MS, { isWaiting: false, isSeeking: false });
}

describe('stalls', () => {
  it('are counted once, with the time that was looked at', () => {
    const stalls = new StallCount();
    wait(stalls, 1_000, 3_000);
    expect([stalls.count, stalls.totalMs]).toEqual([1, 2_000]);
    wait(stalls, 10_000, 10_500);
    expect([stalls.count, stalls.totalMs]).toEqual([2, 2_500]);
  });

  it('are no single look that finds playback waiting', () => {
    const stalls = new StallCount();
    wait(stalls, 1_000, 1_000);
    expect([stalls.count, stalls.totalMs]).toEqual([0, 0]);
  });

  it('are not the waits of seeks', () => {
    const stalls = new StallCount();
    wait(stalls, 1_000, 5_000, true);
    expect(stalls.count).toBe(0);
  });

  it('are too many when two begin within a minute, until the distance has changed', () => {
    const stalls = new StallCount();
    wait(stalls, 1_000, 2_000);
    expect(stalls.isTooOften(2_000)).toBe(false);
    wait(stalls, 50_000, 51_000);
    expect(stalls.isTooOften(51_000)).toBe(true);
    expect(stalls.isTooOften(62_000)).toBe(false);
    wait(stalls, 70_000, 71_000);
    expect(stalls.isTooOften(71_000)).toBe(true);
    stalls.forget();
    expect(stalls.isTooOften(71_000)).toBe(false);
    expect(stalls.count).toBe(3);
  });

  it('take no more memory on a page that plays for weeks', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const usedBytes = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const stalls = new StallCount();
    const before = usedBytes();
    for (let at = 0; at < STALLS_OF_WEEKS; at += 1) wait(stalls, at * 1_000 + 0.5, at * 1_000 + 250.5);
    expect(usedBytes() - before).toBeLessThan(STALLS_OF_WEEKS);
    expect(stalls.count).toBe(STALLS_OF_WEEKS);
    expect(stalls.isTooOften(STALLS_OF_WEEKS * 1_000)).toBe(true);
  });
});
