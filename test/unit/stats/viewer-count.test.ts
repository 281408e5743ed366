// Counts viewers without cookies: by address and agent, and for the same pair by the requests that wait at the same time.

import { expect, test } from 'vitest';
import { ViewerCount, type ViewerGroup, type ViewerLimits } from '../../../server/stats/viewer-count.ts';
import { clockOf } from '../../support/clock.ts';

function countAt(limits?: ViewerLimits): { viewers: ViewerCount; pass: (ms: number) => void } {
  let now = 1_000;
  const viewers = new ViewerCount(
    clockOf(() => now),
    limits,
  );
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

/** Throws when there is no room for the viewer. */
function seen(viewers: ViewerCount, name: string, address: string): ViewerGroup {
  const group = viewers.seen(name, address, 'agent');
  if (typeof group === 'string') throw new Error(group);
  return group;
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
  const waiting = Array.from({ length: 30 }, () => seen(viewers, 'a', 'proxy'));
  for (const group of waiting) viewers.hold(group);
  expect(viewers.count('a')).toBe(30);
  // The part exists: all are answered, and ask again.
  for (const group of waiting) viewers.release(group);
  expect(viewers.count('a')).toBe(30);
  pass(1_000);
  for (let at = 0; at < 10; at += 1) viewers.hold(seen(viewers, 'a', 'proxy'));
  expect(viewers.count('a')).toBe(30);
  // Twenty have left; the count is right after at most two windows.
  pass(10_000);
  expect(viewers.count('a')).toBe(10);
});

test('one player that always waits is one viewer, and stays while it waits', () => {
  const { viewers, pass } = countAt();
  for (let at = 0; at < 30; at += 1) {
    const group = seen(viewers, 'a', '10.0.0.1');
    viewers.hold(group);
    pass(200);
    viewers.release(group);
  }
  expect(viewers.count('a')).toBe(1);
  viewers.hold(seen(viewers, 'a', '10.0.0.1'));
  pass(30_000);
  expect(viewers.count('a')).toBe(1);
});

test('agents of any length cost little and differ by their first words', () => {
  const { viewers } = countAt();
  viewers.seen('a', '10.0.0.1', `agent ${'x'.repeat(8_000)}1`);
  viewers.seen('a', '10.0.0.1', `agent ${'x'.repeat(8_000)}2`);
  expect(viewers.count('a')).toBe(1);
});

test('a further viewer is refused at the limit of a stream, and those who watch stay', () => {
  const { viewers, pass } = countAt({ inAll: 0, ofStream: 2 });
  viewers.seen('a', '10.0.0.1', 'agent');
  viewers.seen('a', '10.0.0.2', 'agent');
  expect(viewers.seen('a', '10.0.0.3', 'agent')).toBe('too_many_viewers_of_stream');
  expect(viewers.seen('b', '10.0.0.3', 'agent')).toBeTypeOf('object');
  expect(viewers.seen('a', '10.0.0.2', 'agent')).toBeTypeOf('object');
  expect(viewers.count('a')).toBe(2);
  pass(11_000);
  expect(viewers.seen('a', '10.0.0.3', 'agent')).toBeTypeOf('object');
});

test('a stream may have a limit of its own, which changes with its publisher', () => {
  const own = new Map([['a', 1]]);
  const viewers = new ViewerCount(
    clockOf(() => 1_000),
    { inAll: 0, ofStream: 2 },
    (name) => own.get(name),
  );
  viewers.seen('a', '10.0.0.1', 'agent');
  expect(viewers.seen('a', '10.0.0.2', 'agent')).toBe('too_many_viewers_of_stream');
  for (const address of ['10.0.0.1', '10.0.0.2']) viewers.seen('b', address, 'agent');
  expect(viewers.seen('b', '10.0.0.3', 'agent')).toBe('too_many_viewers_of_stream');
  own.set('a', 0);
  for (const address of ['10.0.0.2', '10.0.0.3', '10.0.0.4'])
    expect(viewers.seen('a', address, 'agent')).toBeTypeOf('object');
});

test('behind one address, a request that shows one viewer more than the limit does not wait', () => {
  const { viewers } = countAt({ inAll: 2, ofStream: 0 });
  const groups = [seen(viewers, 'a', 'proxy'), seen(viewers, 'a', 'proxy')];
  expect(groups.map((group) => viewers.hold(group))).toEqual([undefined, undefined]);
  expect(viewers.hold(seen(viewers, 'a', 'proxy'))).toBe('too_many_viewers');
  expect(viewers.seen('b', '10.0.0.1', 'agent')).toBe('too_many_viewers');
  for (const group of groups) viewers.release(group);
  // The same two wait again.
  expect(groups.map((group) => viewers.hold(group))).toEqual([undefined, undefined]);
  expect(viewers.total).toBe(2);
});

test('a refused viewer leaves nothing behind', () => {
  const { viewers } = countAt({ inAll: 1, ofStream: 0 });
  viewers.seen('a', '10.0.0.1', 'agent');
  for (let at = 0; at < 1_000; at += 1) viewers.seen(`name-${at}`, '10.0.0.9', 'agent');
  expect(viewers.total).toBe(1);
});
