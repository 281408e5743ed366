// Names that an operator closed: for how long, how many, and that publishers learn when to come back.
import { expect, test } from 'vitest';
import { ClosedNames } from '../../../server/live/closed-names.ts';
import { clockOf } from '../../support/clock.ts';

const EPOCH = Date.UTC(2026, 10, 28);

function closedNames() {
  let now = 0;
  const names = new ClosedNames(
    clockOf(
      () => EPOCH + now,
      () => now,
    ),
  );
  return { names, pass: (ms: number) => (now += ms) };
}

test('a closed name opens by itself when its time is over', () => {
  const { names, pass } = closedNames();
  names.close('show', 1_000);
  pass(400);
  expect(names.remainingMs('show')).toBe(600);
  expect(names.remainingMs('other')).toBe(0);
  expect(names.list()).toEqual([{ name: 'show', until: EPOCH + 1_000 }]);
  pass(600);
  expect(names.remainingMs('show')).toBe(0);
  expect(names.list()).toEqual([]);
  expect(names.open('show')).toBe(false);
});

test('a name that is closed again has the new time; 0 opens it', () => {
  const { names } = closedNames();
  names.close('show', 1_000);
  names.close('show', 5_000);
  expect(names.remainingMs('show')).toBe(5_000);
  names.close('show', 0);
  expect(names.remainingMs('show')).toBe(0);
  names.close('show', 1_000);
  expect(names.open('show')).toBe(true);
  expect(names.remainingMs('show')).toBe(0);
});

test('above a thousand the oldest opens, but names whose time is over go first', () => {
  const { names, pass } = closedNames();
  names.close('first', 10_000);
  names.close('short', 10);
  for (let at = 2; at < 1_000; at += 1) names.close(`n${at}`, 10_000);
  pass(10);
  names.close('fits', 10_000);
  expect(names.remainingMs('first')).toBeGreaterThan(0);
  names.close('one-more', 10_000);
  expect(names.remainingMs('first')).toBe(0);
  expect(names.list()).toHaveLength(1_000);
});
