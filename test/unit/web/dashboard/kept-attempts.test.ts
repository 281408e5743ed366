// Which refused publishes the dashboard lists.
import { expect, test } from 'vitest';
import { keptAttempts } from '../../../../web/dashboard/kept-attempts.ts';

const NOW = 10_000_000;
const attempt = (agoS: number, name?: string) => ({
  t: NOW - agoS * 1_000,
  code: 'unknown_key',
  reason: 'the stream key is unknown',
  remoteAddress: '192.0.2.7',
  ...(name === undefined ? {} : { name }),
});
const agesOf = (attempts: readonly { readonly t: number }[]) => attempts.map(({ t }) => (NOW - t) / 1_000);

test('those of the last hour, the newest first', () => {
  const attempts = [attempt(30), attempt(3_600), attempt(3_599), attempt(5)];
  expect(agesOf(keptAttempts(attempts, { only: undefined, nowMs: NOW }))).toEqual([5, 30, 3_599]);
});

test('those of one stream only', () => {
  const attempts = [attempt(30, 'show'), attempt(20, 'other'), attempt(10)];
  expect(agesOf(keptAttempts(attempts, { only: 'show', nowMs: NOW }))).toEqual([30]);
});

test('a flood of them leaves the newest', () => {
  const attempts = Array.from({ length: 2_000 }, (_, at) => attempt(at));
  const kept = keptAttempts(attempts, { only: undefined, nowMs: NOW });
  expect([kept.length, agesOf(kept).at(-1)]).toEqual([500, 499]);
});
