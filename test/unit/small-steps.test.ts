// Work in small steps: what else waits in the event loop has its turn between them.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { silentLogger } from '../../server/log.ts';
import { SmallSteps, type Work } from '../../server/small-steps.ts';

/** Each look at the clock takes a millisecond: two steps in a turn. */
function stepsOf(log: { error(fields: { readonly err: unknown }): void } = silentLogger) {
  let nowMs = 0;
  const steps = new SmallSteps({
    clock: {
      monotonicMs: () => {
        nowMs += 1;
        return nowMs;
      },
    },
    log,
  });
  const did: string[] = [];
  const work = function* (name: string, count: number, faultAt = Number.NaN): Work {
    for (let at = 1; at <= count; at += 1) {
      if (at === faultAt) throw new Error(`${name} has failed`);
      did.push(`${name}${at}`);
      yield;
    }
  };
  return { steps, did, work };
}

test('steps begin at once, and other events have their turn between them', async () => {
  const { steps, did, work } = stepsOf();
  steps.run([work('a', 3), work('b', 2)]);
  const counts = [did.length];
  while (did.length < 5) {
    await turn();
    counts.push(did.length);
  }
  expect(did).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  expect(counts.length).toBeGreaterThan(2);
  const largest = Math.max(...counts.map((count, at) => count - (counts[at - 1] ?? 0)));
  expect(largest).toBeLessThanOrEqual(2);
});

test('a fault ends its work, is logged, and stops no other', async () => {
  const faults: unknown[] = [];
  const { steps, did, work } = stepsOf({ error: ({ err }) => faults.push(String(err)) });
  steps.run([work('a', 3, 2), work('b', 1)]);
  while (!did.includes('b1')) await turn();
  expect(did).toEqual(['a1', 'b1']);
  expect(faults).toEqual(['Error: a has failed']);
});

test('what is left of earlier work is done before other work begins', () => {
  const { steps, did, work } = stepsOf();
  steps.run([work('a', 4)]);
  expect(did).toEqual(['a1']);
  steps.run([work('b', 2)]);
  expect(did).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
  steps.finish();
  expect(did.at(-1)).toBe('b2');
});

test('a turn does not do more after work was finished early', async () => {
  const { steps, did, work } = stepsOf();
  for (let second = 0; second < 5; second += 1) steps.run([work('a', 9)]);
  const before = did.length;
  await turn();
  await turn();
  // A turn has one step here, and at most three turns lie around two waits.
  expect(did.length - before).toBeLessThanOrEqual(3);
});

test('nothing is done after the end, not even of the work that has ended it', async () => {
  const { steps, did, work } = stepsOf();
  const ending = function* (): Work {
    did.push('end');
    steps.close();
    yield;
    did.push('too late');
  };
  steps.run([ending(), work('a', 1)]);
  for (let count = 0; count < 3; count += 1) await turn();
  expect(did).toEqual(['end']);
});
