// The command line of the benchmark.
import { describe, expect, it, test } from 'vitest';
import { readOptions, USAGE } from '../../../bench/bench-options.ts';

const NAMES = ['ingest', 'viewers'];
const read = (line: string) => readOptions(line === '' ? [] : line.split(' '), NAMES);

describe('options', () => {
  it('measure everything without arguments, five rounds', () => {
    expect(read('')).toMatchObject({ kind: 'report', only: [], rounds: 5, streams: [1, 10, 50, 100, 200] });
  });

  it('choose measurements by --only or by name', () => {
    expect(read('--only ingest,viewers --streams 10,50').only).toEqual(NAMES);
    expect(read('ingest --systems sluice,nginx-rtmp')).toMatchObject({
      only: ['ingest'],
      systems: ['sluice', 'nginx-rtmp'],
    });
  });

  it('go on with a report for some minutes', () => {
    expect(read('').minutes).toBeUndefined();
    expect(read('--minutes 5 --repeat-disturbed')).toMatchObject({ minutes: 5, isRepeating: true });
  });

  it('know the short run and the crowd', () => {
    expect(read('--quick --write')).toMatchObject({ kind: 'quick', writes: true });
    expect(read('crowd --waiting 100')).toMatchObject({ kind: 'crowd', waiting: 100 });
  });
});

test.each([
  ['load', 'load is not a measurement; there are ingest, viewers, crowd, topics, churn'],
  ['--streams 10,x', '--streams: "x" is not a whole number from 1 to 500'],
  ['--rounds 0', '--rounds: "0" is not a whole number from 1 to 100'],
  ['--systems apache', '--systems: apache is not a system'],
  ['crowd ingest', 'crowd runs alone'],
  ['--fast', "Unknown option '--fast'"],
])('%s is refused with a reason', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test('the usage text names every flag', () => {
  for (const flag of [
    'only',
    'rounds',
    'seconds',
    'warm-up',
    'streams',
    'viewers',
    'systems',
    'out',
    'minutes',
    'repeat-disturbed',
    'plan',
  ]) {
    expect(USAGE).toContain(`--${flag}`);
  }
});
