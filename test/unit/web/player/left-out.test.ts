// Which holes playback skips, and which it waits for.
import { describe, expect, it } from 'vitest';
import { LeftOut, type LeftOutFacts } from '../../../../web/player/left-out.ts';

/** The last part before 14 is missing, and nothing is loaded after it. */
const STANDING: LeftOutFacts = {
  positionS: 13.75,
  endS: 13.8,
  nextRangeS: undefined,
  nextSegmentS: 14,
  isLoading: false,
};

/** As the player does. */
const LOOK_MS = 125;

function looks(times: number, facts: LeftOutFacts): number | undefined {
  const leftOut = new LeftOut();
  let goOnS: number | undefined;
  for (let look = 0; look < times; look += 1) goOnS = leftOut.look(look * LOOK_MS, facts);
  return goOnS;
}

describe('a picture that stands', () => {
  it('goes on in the next segment when nothing is loaded behind the hole', () => {
    expect(looks(3, STANDING)).toBe(14);
  });

  it('is not moved by a single look between two loads', () => {
    expect(looks(2, STANDING)).toBeUndefined();
    const leftOut = new LeftOut();
    for (const [look, isLoading] of [false, false, true, false].entries()) {
      expect(leftOut.look(look * LOOK_MS, { ...STANDING, isLoading })).toBeUndefined();
    }
  });

  it('is judged by the time that it stands: a busy page makes up for missed looks one after the other', () => {
    const leftOut = new LeftOut();
    for (const nowMs of [0, 2, 4, 6]) expect(leftOut.look(nowMs, STANDING)).toBeUndefined();
    expect(leftOut.look(250, STANDING)).toBe(14);
  });

  it('waits for what is loaded, and for what is not listed', () => {
    expect(looks(9, { ...STANDING, isLoading: true })).toBeUndefined();
    expect(looks(9, { ...STANDING, nextSegmentS: undefined })).toBeUndefined();
  });

  it('goes on in what is buffered behind a short hole, whatever is loaded', () => {
    expect(looks(3, { ...STANDING, nextRangeS: 14, isLoading: true })).toBe(14);
  });

  it('does not leap over what a seek has left out', () => {
    expect(looks(9, { ...STANDING, nextRangeS: 40 })).toBeUndefined();
  });

  it('has nothing to pass while there is something to play', () => {
    expect(looks(9, { ...STANDING, positionS: 13 })).toBeUndefined();
  });
});

it('a picture that moves is left alone', () => {
  const leftOut = new LeftOut();
  for (const [look, positionS] of [13.6, 13.65, 13.7, 13.75].entries()) {
    expect(leftOut.look(look * LOOK_MS, { ...STANDING, positionS })).toBeUndefined();
  }
});

it('is led past a hole once for each time that it stands', () => {
  const leftOut = new LeftOut();
  const went = [1, 2, 3, 4, 5, 6]
    .map((look) => leftOut.look(look * LOOK_MS, STANDING))
    .filter((goOnS) => goOnS !== undefined);
  expect(went.length).toBe(2);
});
