// Refused publishers of the last hour: how long and how many are kept.
import { expect, test } from 'vitest';
import { RejectedPublishes } from '../../../server/stats/rejected-publishes.ts';
import { clockOf } from '../../support/clock.ts';

const HOUR_MS = 3_600_000;
const refusal = (code: string) => ({ code, reason: 'because', remoteAddress: '192.0.2.1' });

function rejectedPublishes() {
  let now = 0;
  const rejected = new RejectedPublishes(clockOf(() => now));
  return {
    rejected,
    codes: () => rejected.list().map(({ code }) => code),
    pass: (ms: number) => (now += ms),
  };
}

test('a refusal is kept for an hour, the newest first', () => {
  const { rejected, codes, pass } = rejectedPublishes();
  rejected.add(refusal('first'));
  pass(1);
  rejected.add({ ...refusal('second'), name: 'show' });
  expect(rejected.list()).toEqual([
    { ...refusal('second'), at: 1, name: 'show' },
    { ...refusal('first'), at: 0 },
  ]);
  pass(HOUR_MS - 1);
  expect(codes()).toEqual(['second']);
  pass(1);
  expect(codes()).toEqual([]);
  expect(rejected.isComplete).toBe(true);
});

test('a flood removes the oldest, and the list says that it is not complete until they would have left', () => {
  const { rejected, codes, pass } = rejectedPublishes();
  rejected.add(refusal('early'));
  pass(1_000);
  for (let at = 0; at < 999; at += 1) rejected.add(refusal('flood'));
  expect([codes().at(-1), rejected.isComplete]).toEqual(['early', true]);
  rejected.add(refusal('last'));
  expect([codes().length, codes()[0], codes().at(-1)]).toEqual([1_000, 'last', 'flood']);
  expect(rejected.isComplete).toBe(false);
  pass(HOUR_MS - 1_000);
  expect(rejected.isComplete).toBe(true);
});
