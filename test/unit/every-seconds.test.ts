// One timer of the process for all work of every second.
import { expect, test, vi } from 'vitest';
import { whenDone } from '../support/cleanup.ts';

/** A module of its own: other tests of this worker may have work. */
async function freshModule(): Promise<typeof import('../../server/every-seconds.ts')> {
  vi.resetModules();
  vi.useFakeTimers();
  whenDone(() => void vi.useRealTimers());
  return import('../../server/every-seconds.ts');
}

const quiet = { log: { error: () => {} } };

test('all work has one timer, which ends with the last', async () => {
  const { everySeconds } = await freshModule();
  const ran: string[] = [];
  const stopFirst = everySeconds(1, quiet, () => ran.push('each'));
  const stopSecond = everySeconds(2, quiet, () => ran.push('other'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(4_000);
  expect(ran).toEqual(['each', 'each', 'other', 'each', 'each', 'other']);
  stopFirst();
  expect(vi.getTimerCount()).toBe(1);
  stopSecond();
  stopSecond();
  expect(vi.getTimerCount()).toBe(0);
  everySeconds(1, quiet, () => ran.push('later'));
  vi.advanceTimersByTime(1_000);
  expect(ran.at(-1)).toBe('later');
});

test('a fault of one work is logged, and stops no other', async () => {
  const { everySeconds } = await freshModule();
  const faults: unknown[] = [];
  let count = 0;
  const log = { error: ({ err }: { readonly err: unknown }) => faults.push(err) };
  everySeconds(1, { log }, () => {
    throw new Error('broken');
  });
  everySeconds(1, { log }, () => {
    count += 1;
  });
  vi.advanceTimersByTime(2_000);
  expect(count).toBe(2);
  expect(faults).toEqual([new Error('broken'), new Error('broken')]);
});
