// What the gateway measures of its own process.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { silentLogger } from '../../../server/log.ts';
import { longestP99, ProcessMeter, resolutionFor, waitP99 } from '../../../server/stats/process-meter.ts';
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

test.each([
  ['an idle process has no monitor', 0.001, 0.001, undefined, undefined],
  ['nor one that was interrupted once', 0.05, 0.011, undefined, undefined],
  ['work of more than two percent needs one', 0.03, 0.02, undefined, 250],
  ['as long as there is almost as much', 0.01, 0.016, 250, 250],
  ['and none below', 0.01, 0.014, 250, undefined],
  ['a tenth needs one at once', 0.1, 0.02, undefined, 250],
  ['a busy process has a fine one at once', 0.9, 0.2, undefined, 10],
  ['and keeps it until it is idle', 0.15, 0.15, 10, 10],
  ['when a coarse one is enough', 0.05, 0.1, 10, 250],
])('%s', (_what, utilization, mean, presentMs, expected) => {
  expect(resolutionFor(utilization, mean, presentMs)).toBe(expected);
});

test('without a monitor the longest possible wait is told, which is none for an idle process', () => {
  expect(longestP99(9.9, 1_000)).toBe(0);
  expect(longestP99(19, 1_000)).toBe(9);
  expect(longestP99(60, 1_000)).toBe(50);
  expect(longestP99(60, 1_000)).toBe(waitP99([60, 0, 0], 1_000));
});

test('a process that waits for events says how long they waited, without being asked to work', async () => {
  const meter = new ProcessMeter(systemClock, silentLogger);
  meter.open();
  whenDone(() => meter.close());
  expect(meter.measure().loopP99Ms).toBeUndefined();
  await expect.poll(() => meter.measure().loopP99Ms, { timeout: 30_000 }).toBeGreaterThanOrEqual(0);
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
