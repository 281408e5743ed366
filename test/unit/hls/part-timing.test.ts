import { describe, expect, it } from 'vitest';
import { assumedFrameDuration, choosePartTiming, frameDuration } from '../../../server/hls/part-timing.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';
import { testAudioTrack, testVideoTrack } from '../../support/samples.ts';

const seconds = ticksOfSeconds;
const timingOf = (frameS: number, isExact = false): ReturnType<typeof choosePartTiming> =>
  choosePartTiming({
    frameDuration: seconds(frameS),
    wantedPart: seconds(0.2),
    wantedSegment: seconds(2),
    isExact,
  });
/** The frames per second for whole steps in seconds. */
const rateOf = (stepsS: readonly number[], promised: readonly (number | undefined)[] = []): number =>
  seconds(1) / frameDuration(stepsS.map(seconds), promised);

describe('part timing', () => {
  it.each([
    [10, 0.202],
    [15, 0.202],
    [24_000 / 1001, 0.211],
    [24, 0.211],
    [25, 0.202],
    [30_000 / 1001, 0.203],
    [30, 0.202],
    [50, 0.202],
    [60_000 / 1001, 0.203],
    [60, 0.202],
    [120, 0.202],
    [8, 0.252],
    // One slow frame, with room for a late one.
    [5, 0.232],
    [2, 0.577],
    [1, 1.152],
    [0.4, 2.877],
    [0.25, 4.602],
    [0.2, 5.752],
    [0.1, 11.502],
    // The slowest rate: below it there are gaps.
    [0.01, 12],
  ])('gives %d fps a PART-TARGET of %d s', (fps, partTarget) => {
    expect(timingOf(1 / fps).partTarget).toBe(seconds(partTarget));
  });

  it('is exact on a sample clock', () => {
    expect(timingOf(1024 / 48_000, true).partTarget).toBe(seconds(0.192));
    expect(timingOf(1024 / 44_100, true).partTarget).toBe(seconds(0.209));
    expect(timingOf(1024 / 8_000, true).partTarget).toBe(seconds(0.256));
  });

  it('leaves room for key frames that are late', () => {
    expect(timingOf(1 / 30).targetDuration).toBe(4);
  });

  it('makes segments of one picture where pictures lie further apart than a segment lasts', () => {
    expect([0.3, 0.25, 0.2, 0.1, 0.01].map((fps) => timingOf(1 / fps).targetDuration)).toEqual([
      4, 5, 6, 12, 12,
    ]);
  });
});

describe('frame duration', () => {
  const stepsAt = (fps: number): number[] => {
    const times = [0, 1, 2, 3, 4].map((frame) => Math.round((frame * 1000) / fps) / 1000);
    return times.slice(1).map((time, at) => time - (times[at] ?? 0));
  };

  it.each([10, 15, 24, 25, 30, 50, 60, 120])('is that of %d fps behind milliseconds', (fps) => {
    expect(rateOf(stepsAt(fps))).toBeCloseTo(fps, 0);
  });

  it('believes a promise that the timestamps bear out, and no other', () => {
    expect(rateOf(stepsAt(60_000 / 1001), [60_000 / 1001])).toBeCloseTo(59.94, 2);
    expect(rateOf(stepsAt(25), [60, undefined])).toBeCloseTo(25, 6);
    expect(rateOf(stepsAt(25), [-1, 0, Number.NaN])).toBeCloseTo(25, 6);
  });

  it('is not led astray by one late or bunched frame at the start', () => {
    expect(rateOf([2.5, 0.033])).toBeCloseTo(30, 0);
    expect(rateOf([2, 0.033, 0.034, 0.033])).toBeCloseTo(30, 0);
    expect(rateOf([0.001, 0.033, 0.034, 0.033])).toBeCloseTo(30, 0);
  });

  it('is what is seen where no rate is usual', () => {
    expect(frameDuration([0.7, 0.72, 0.68, 0.7].map(seconds), [])).toBe(seconds(0.7));
    expect(frameDuration([0, 0], [])).toBe(seconds(1 / 30));
  });

  it('is assumed from the configuration before any frame', () => {
    expect(assumedFrameDuration(testAudioTrack(48_000), undefined)).toBe(seconds(1024 / 48_000));
    expect(assumedFrameDuration(testVideoTrack({ frameRate: 50 }), 25)).toBe(seconds(1 / 50));
    expect(assumedFrameDuration(testVideoTrack(), 25)).toBe(seconds(1 / 25));
    expect(assumedFrameDuration(testVideoTrack(), undefined)).toBe(seconds(1 / 30));
  });

  it.each([0, -1, Number.NaN, 1e-9, 0.05, 1_001, 2_147_483_647.5, Number.POSITIVE_INFINITY])(
    'does not believe %d pictures a second',
    (frameRate) => {
      expect(assumedFrameDuration(testVideoTrack({ frameRate }), 25)).toBe(seconds(1 / 25));
      expect(assumedFrameDuration(testVideoTrack({ frameRate }), frameRate)).toBe(seconds(1 / 30));
    },
  );
});
