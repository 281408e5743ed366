// What the gateway measures of its own process.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { silentLogger } from '../../../server/log.ts';
import { ProcessMeter, waitP99 } from '../../../server/stats/process-meter.ts';
import { whenDone } from '../../support/cleanup.ts';

test('the wait that one moment in a hundred exceeds', () => {
  expect(waitP99([], 1_000)).toBe(0);
  expect(waitP99([0.1, 0.1, 0.1], 1_000)).toBe(0);
  // What arrives in the first 10 ms of a pause of 300 ms, 1 % of the second, waits longer than 290 ms.
  expect(waitP99([300, 1, 0], 1_000)).toBe(290);
  expect(waitP99([300, 200, 0], 1_000)).toBe(290);
  expect(waitP99([300, 298, 0], 1_000)).toBe(294);
  expect(waitP99([50, 50, 50, 50], 1_000)).toBe(47.5);
});

test('a blocked event loop is seen, and processor time and memory are told', async () => {
  const meter = new ProcessMeter(systemClock, silentLogger);
  meter.open();
  whenDone(() => meter.close());
  expect(meter.measure().loopP99Ms).toBeUndefined();
  // The monitor may miss one pause, at the beginning of its second.
  while ((meter.measure().loopP99Ms ?? 0) < 50) {
    const blockedUntil = systemClock.monotonicMs() + 100;
    while (systemClock.monotonicMs() < blockedUntil);
    await delay(20);
  }
  const { rssBytes, cpuPercent } = meter.measure();
  expect(rssBytes).toBeGreaterThan(1_000_000);
  expect(cpuPercent).toBeGreaterThanOrEqual(0);
});
