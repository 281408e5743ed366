// Work grows no faster than its input: four times as many of a queue's smallest items cost at most five times the steps.
// Steps are counted, not milliseconds.

import { afterAll, describe, expect, it } from 'vitest';
import { clockOf } from '../support/clock.ts';
import { StepCounter } from './complexity-steps.ts';

/** Four times the work, and a quarter more for the edges of blocks and slabs. */
const MAX_RATIO = 5;

// The server is loaded after this line: functions compiled earlier have no counters.
const steps = new StepCounter('/server/');
const { COMPLEXITY_ROWS } = await import('./complexity-rows.ts');
const { PlaylistWaiters } = await import('../../server/hls/playlist-waiters.ts');
afterAll(() => steps.close());

type Prepare = (n: number) => () => void;

/** How many times more steps `4n` takes than `n`. A first run compiles the code of the later ones. */
function ratioOf(prepare: Prepare, n: number): { readonly ratio: number; readonly least: number } {
  steps.count(prepare(n));
  const least = steps.count(prepare(n));
  return { ratio: steps.count(prepare(4 * n)) / least, least };
}

describe('four times as much costs at most five times as many steps', () => {
  it.each(COMPLEXITY_ROWS.map((row) => [row.what, row] as const))('%s', (_what, { prepare, n }) => {
    const { ratio, least } = ratioOf(prepare, n);
    // Each of the n items is visited at least once.
    expect(least).toBeGreaterThan(0);
    expect(ratio).toBeLessThanOrEqual(MAX_RATIO);
  });
});

describe('the counter finds work that grows with the square', () => {
  const PLANTED: readonly (readonly [string, Prepare])[] = [
    [
      'in the server: a sweep over all that wait for each that comes',
      (n) => {
        const waiters = new PlaylistWaiters({ clock: clockOf(() => 0), onFault: () => {} });
        return () => {
          for (let at = 0; at < n; at += 1) {
            waiters.wait({ msn: 1, part: 0 }, 1_000, () => {});
            waiters.release(() => false);
          }
          waiters.releaseAll('ended');
        };
      },
    ],
    [
      'in an array: its first element taken while it is long',
      (n) => {
        const list = Array.from({ length: n }, (_, at) => at);
        return () => {
          while (list.length > 0) list.shift();
        };
      },
    ],
    [
      'in a spread: a list copied for each element that joins it',
      (n) => () => {
        let list: readonly number[] = [];
        for (let at = 0; at < n; at += 1) list = [...list, at];
      },
    ],
    [
      'in a map: all keys spread for each that joins it',
      (n) => () => {
        const map = new Map<number, number>();
        for (let at = 0; at < n; at += 1) map.set([...map.keys()].length, at);
      },
    ],
    [
      'in a buffer: all bytes copied for each piece that joins them',
      (n) => () => {
        let bytes = Buffer.alloc(0);
        for (let at = 0; at < n; at += 1) bytes = Buffer.concat([bytes, Buffer.alloc(64)]);
      },
    ],
    [
      'in a buffer: the rest searched from each place',
      (n) => {
        const bytes = Buffer.alloc(64 * n);
        return () => {
          for (let at = 0; at < n; at += 1) bytes.indexOf('x', 64 * at);
        };
      },
    ],
  ];

  it.each(PLANTED)('%s', (_what, prepare) => {
    expect(ratioOf(prepare, 200).ratio).toBeGreaterThan(2 * MAX_RATIO);
  });
});
