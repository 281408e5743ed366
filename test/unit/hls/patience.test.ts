// For how long a segmenter needs no sample: until a frame before the one that can end its part.

import { describe, expect, it } from 'vitest';
import { choosePartTiming } from '../../../server/hls/part-timing.ts';
import { Segmenter } from '../../../server/hls/segmenter.ts';
import { ticksOfMs, ticksOfSeconds } from '../../../server/media/ticks.ts';
import { testAudioTrack, testVideoTrack, videoSamples } from '../../support/samples.ts';

function segmenterOf(frameMs: number): { readonly segmenter: Segmenter; readonly parts: number[] } {
  const parts: number[] = [];
  const frameDuration = ticksOfMs(frameMs);
  const timing = choosePartTiming({
    frameDuration,
    wantedPart: ticksOfSeconds(0.2),
    wantedSegment: ticksOfSeconds(2),
    isExact: false,
  });
  const segmenter = new Segmenter({
    tracks: [testVideoTrack(), testAudioTrack()],
    timing,
    frameDuration,
    onPart: ({ start }) => parts.push(start),
  });
  return { segmenter, parts };
}

describe('patience', () => {
  it.each([
    [25, [160, 120, 80, 40, 0, 160, 120]],
    // The tenth picture is as certain as the next ones, and ends its part.
    [50, [180, 160, 140, 120, 100, 80, 60, 40, 20, 180, 160, 140, 120, 100, 80, 60, 40, 20, 0, 180, 160]],
    [10, [100, 0, 100, 0]],
    [5, [0, 0, 0, 0]],
  ])('at %d pictures a second lasts until a frame before the end of the part', (fps, expected) => {
    const { segmenter } = segmenterOf(1000 / fps);
    const samples = videoSamples({ stepsMs: [1000 / fps], gopFrames: [10 * fps], seconds: 2 });
    const seen = samples.slice(0, expected.length).map((sample) => {
      segmenter.push(sample);
      return Math.round(segmenter.patienceMs);
    });
    expect(seen).toEqual(expected);
  });

  it('is 0 before the first picture', () => {
    expect(segmenterOf(40).segmenter.patienceMs).toBe(0);
  });

  it('never reaches past the picture that ends the part, whatever the distances are', () => {
    const { segmenter, parts } = segmenterOf(40);
    const samples = videoSamples({ stepsMs: [40, 33, 41, 10, 66, 35], gopFrames: [47], seconds: 20 });
    const ends: number[] = [];
    for (const [at, sample] of samples.entries()) {
      const before = parts.length;
      segmenter.push(sample);
      if (parts.length > before) ends.push(at);
    }
    expect(ends.length).toBeGreaterThan(50);
    const again = segmenterOf(40).segmenter;
    for (const [at, sample] of samples.entries()) {
      again.push(sample);
      const end = samples[ends.find((each) => each > at) ?? -1];
      // A key frame may end a part early, and pictures at less than their usual distance come before the part is full.
      if (end === undefined || end.isSync) continue;
      const dueMs = (end.dts - sample.dts) / 90;
      expect(again.patienceMs).toBeLessThanOrEqual(dueMs + 35);
    }
  });
});
