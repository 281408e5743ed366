// Counts viewers without cookies: by address and agent, and for the same pair by the requests that wait at the same time.

import { expect, test } from 'vitest';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { clockOf } from '../../support/clock.ts';

function countAt(): { viewers: ViewerCount; pass: (ms: number) => void } {
  let now = 1_000;
  const viewers = new ViewerCount(clockOf(() => now));
  return {
    viewers,
    pass: (ms) => {
      for (let left = ms; left > 0; left -= 1_000) {
        now += Math.min(left, 1_000);
        viewers.sweep();
      }
    },
  };
}

test('one player that asks often is one viewer', () => {
  const { viewers, pass } = countAt();
  for (let at = 0; at < 20; at += 1) {
    viewers.seen('a', '10.0.0.1', 'agent');
    pass(500);
  }
  expect(viewers.count('a')).toBe(1);
  expect(viewers.total).toBe(1);
});

test('addresses, agents and streams are told apart', () => {
  const { viewers } = countAt();
  viewers.seen('a', '10.0.0.1', 'agent');
  viewers.seen('a', '10.0.0.2', 'agent');
  viewers.seen('a', '10.0.0.2', undefined);
  viewers.seen('b', '10.0.0.1', 'agent');
  expect([viewers.count('a'), viewers.count('b'), viewers.count('c'), viewers.total]).toEqual([3, 1, 0, 4]);
});

test('a player that asks no more is forgotten after ten seconds', () => {
  const { viewers, pass } = countAt();
  viewers.seen('a', '10.0.0.1', 'agent');
  pass(10_000);
  expect(viewers.count('a')).toBe(1);
  pass(1_000);
  expect([viewers.count('a'), viewers.total]).toEqual([0, 0]);
});

test('behind one address, as many as wait at once are there', () => {
  const { viewers, pass } = countAt();
  const waiting = Array.from({ length: 30 }, () => viewers.seen('a', 'proxy', 'agent'));
  for (const group of waiting) viewers.hold(group);
  expect(viewers.count('a')).toBe(30);
  // The part exists: all are answered, and ask again.
  for (const group of waiting) viewers.release(group);
  expect(viewers.count('a')).toBe(30);
  pass(1_000);
  for (let at = 0; at < 10; at += 1) viewers.hold(viewers.seen('a', 'proxy', 'agent'));
  expect(viewers.count('a')).toBe(30);
  // Twenty have left; the count is right after at most two windows.
  pass(10_000);
  expect(viewers.count('a')).toBe(10);
});

test('one player that always waits is one viewer, and stays while it waits', () => {
  const { viewers, pass } = countAt();
  for (let at = 0; at < 30; at += 1) {
    const group = viewers.seen('a', '10.0.0.1', 'agent');
    viewers.hold(group);
    pass(200);
    viewers.release(group);
  }
  expect(viewers.count('a')).toBe(1);
  viewers.hold(viewers.seen('a', '10.0.0.1', 'agent'));
  pass(30_000);
  expect(viewers.count('a')).toBe(1);
});

test('agents of any length cost little and differ by their first words', () => {
  const { viewers } = countAt();
  viewers.seen('a', '10.0.0.1', `agent ${'x'.repeat(8_000)}1`);
  viewers.seen('a', '10.0.0.1', `agent ${'x'.repeat(8_000)}2`);
  expect(viewers.count('a')).toBe(1);
});
