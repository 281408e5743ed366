// Where playback continues at the boundary between two runs of a playlist.
import { describe, expect, it } from 'vitest';
import { isInVain, newestRun, nextStartS, playableEndS } from '../../../../web/player/run-boundary.ts';

const OLD = [
  { start: 0, end: 10, cc: 0 },
  { start: 10, end: 20, cc: 0 },
];
const NEW = { start: 20, end: 26, cc: 1 };
const LISTED = { fragments: [...OLD, NEW], edge: 26, endCC: 1 };
/** The new run has only parts of one segment. */
const YOUNG = { fragments: OLD, fragmentHint: { ...NEW, end: 21 }, edge: 21, endCC: 0 };
const AT_BOUNDARY = { positionS: 19.95, boundaryS: 20 };

describe('the newest run', () => {
  it('begins with its first segment, whole or open', () => {
    expect(newestRun(LISTED)).toEqual({ number: 1, startS: 20 });
    expect(newestRun(YOUNG)).toEqual({ number: 1, startS: 20 });
  });
});

describe('what is played out', () => {
  it('goes on with the next run', () => {
    expect(nextStartS(LISTED, 0, AT_BOUNDARY)).toBe(20);
  });

  it('goes on with a next run of which there is no whole segment', () => {
    expect(nextStartS(YOUNG, 0, AT_BOUNDARY)).toBe(20);
  });

  it('goes on where a seek has led, be it back or into another run', () => {
    expect(nextStartS(LISTED, 0, { positionS: 4, boundaryS: 20 })).toBe(4);
    expect(nextStartS(LISTED, 0, { positionS: 23, boundaryS: 20 })).toBe(23);
    expect(nextStartS(LISTED, 1, { positionS: 4, boundaryS: 4 })).toBe(4);
  });

  it('goes on where a seek has led that found nothing buffered there', () => {
    expect(nextStartS(LISTED, 0, { positionS: 4, boundaryS: Number.POSITIVE_INFINITY })).toBe(4);
  });

  it('goes on where it stands when nothing follows', () => {
    expect(nextStartS(LISTED, 1, { positionS: 25.99, boundaryS: 26 })).toBe(25.99);
    expect(nextStartS(null, 0, AT_BOUNDARY)).toBe(AT_BOUNDARY.positionS);
  });
});

describe('what can be played without a jump', () => {
  const ranges = [[0, 20] as const, [40, 50] as const];

  it('ends with the range in which playback stands, or has just run dry', () => {
    expect(playableEndS(ranges, 4)).toBe(20);
    expect(playableEndS(ranges, 20.05)).toBe(20);
    expect(playableEndS(ranges, 40)).toBe(50);
  });

  it('is nothing where a seek has led beside the ranges', () => {
    expect(playableEndS(ranges, 30)).toBeUndefined();
    expect(playableEndS(ranges, 60)).toBeUndefined();
    expect(playableEndS([], 0)).toBeUndefined();
  });
});

describe('a fragment', () => {
  const appended = { start: 20, end: 22 };

  it('is of use when a range reaches its end, or nearly', () => {
    expect(isInVain(appended, [[0, 22]])).toBe(false);
    expect(isInVain(appended, [[0, 21.2]])).toBe(false);
    expect(isInVain(appended, [[0, 20]])).toBe(true);
    expect(isInVain(appended, [])).toBe(true);
  });

  it('is in vain also when a seek has left a range far ahead of it', () => {
    expect(
      isInVain(appended, [
        [0, 20],
        [40, 50],
      ]),
    ).toBe(true);
  });
});
