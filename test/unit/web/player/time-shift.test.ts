// Playback behind live: when the past is long enough, and which positions are allowed.
import { describe, expect, it } from 'vitest';
import { canShift, isShifted, playablePosition } from '../../../../web/player/time-shift.ts';

const HOUR = { startS: 100, endS: 3_700 };
const WINDOW = { startS: 100, endS: 114 };

describe('a playlist', () => {
  it('of the usual window offers no bar, nor does an unknown one', () => {
    expect(canShift(WINDOW)).toBe(false);
    expect(canShift(undefined)).toBe(false);
    expect(canShift(HOUR)).toBe(true);
  });
});

describe('a position', () => {
  it('near live is live', () => {
    expect(isShifted(HOUR, HOUR.endS)).toBe(false);
    expect(isShifted(HOUR, HOUR.endS - 2)).toBe(false);
    expect(isShifted(HOUR, HOUR.endS - 20)).toBe(true);
  });

  it('that fell behind without a past to watch is no choice of the viewer', () => {
    expect(isShifted(WINDOW, WINDOW.endS - 10)).toBe(false);
  });

  it('stays away from the segment that leaves next, and never lies beyond live', () => {
    expect(playablePosition(HOUR, 0)).toBe(HOUR.startS + 6);
    expect(playablePosition(HOUR, 2_000)).toBe(2_000);
    expect(playablePosition(HOUR, 9_999)).toBe(HOUR.endS);
  });
});
