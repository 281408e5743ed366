// When a segmenter needs the next sample: the one that can end its part.

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

describe('the next sample that can end a part', () => {
  it.each([
    [25, [200, 200, 200, 200, 200, 400, 400]],
    // The tenth picture is as certain as the next ones, and ends its part.
    [50, [200, 200, 200, 200, 200, 200, 200, 200, 200, 380, 380]],
    [30, [200, 200, 200, 200, 200, 200, 400]],
    [10, [200, 200, 400, 400]],
    [5, [200, 400, 600, 800]],
  ])('at %d pictures a second is the first one after a full part', (fps, expected) => {
    const { segmenter } = segmenterOf(1000 / fps);
    const samples = videoSamples({ stepsMs: [1000 / fps], gopFrames: [10 * fps], seconds: 2 });
    const seen = samples.slice(0, expected.length).map((sample) => {
      segmenter.push(sample);
      // Distances of 33 and 34 ms are averaged.
      return Math.round((segmenter.dueMs - (samples[0]?.dts ?? 0) / 90) / 5) * 5;
    });
    expect(seen).toEqual(expected);
  });

  it('is at most a frame behind the one that ends it, whatever the distances are', () => {
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
      // A key frame may end a part early.
      if (end === undefined || end.isSync) continue;
      expect(again.dueMs).toBeLessThanOrEqual(end.dts / 90 + 40);
    }
  });
});
