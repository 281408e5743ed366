// Rules for every part and segment, with any frame rate, key frame distance, jitter and audio.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartPlan } from '../../server/hls/part-plan.ts';
import { choosePartTiming, frameDuration } from '../../server/hls/part-timing.ts';
import { MAX_PART_BYTES } from '../../server/hls/part-too-large.ts';
import { Segmenter } from '../../server/hls/segmenter.ts';
import type { Sample } from '../../server/media/sample.ts';
import { ticksOfSeconds, toTicks } from '../../server/media/ticks.ts';
import type { Track } from '../../server/media/track.ts';
import {
  audioSamples,
  constantRate,
  interleave,
  testAudioTrack,
  testVideoTrack,
  type VideoShape,
  videoSamples,
} from '../support/samples.ts';
import { checkPlans, checkSampleFlow } from '../support/segmenter-rules.ts';

const FRAME_RATES = [10, 15, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60, 120, 1, 2];
const GOP_SECONDS = [0.5, 1, 2, 2.002, 3, 4, 8.33, 60];
const AUDIO_RATES = [
  8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
];
const MIB = 1024 * 1024;
const WANTED_PART = ticksOfSeconds(0.2);
const WANTED_SEGMENT = ticksOfSeconds(2);

function run(tracks: readonly Track[], samples: readonly Sample[]): void {
  const lead = tracks.find((track) => track.kind === 'video') ?? tracks[0];
  if (lead === undefined) throw new Error('no track');
  const times = samples
    .filter((sample) => sample.kind === lead.kind)
    .map((sample) => toTicks(sample.dts, lead.timescale));
  const steps = times.slice(1, 5).map((time, at) => time - (times[at] ?? 0));
  const step =
    lead.kind === 'audio' ? toTicks(lead.config.frameSamples, lead.timescale) : frameDuration(steps, []);
  const timing = choosePartTiming({
    frameDuration: step,
    wantedPart: WANTED_PART,
    wantedSegment: WANTED_SEGMENT,
    isExact: lead.kind === 'audio',
  });
  const plans: PartPlan[] = [];
  const segmenter = new Segmenter({
    tracks,
    timing,
    frameDuration: step,
    onPart: (plan) => plans.push(plan),
  });
  for (const sample of samples) segmenter.push(sample);
  segmenter.flush();
  checkPlans(plans, timing, lead);
  checkSampleFlow(plans, samples, tracks);
}

function withAudio(shape: VideoShape, sampleRate: number, aheadS = 0): void {
  const audio = testAudioTrack(sampleRate);
  const samples = interleave(
    videoSamples(shape),
    audioSamples({ seconds: shape.seconds, track: audio }),
    audio,
    aheadS,
  );
  run([testVideoTrack(), audio], samples);
}

describe('segmenter', () => {
  for (const fps of FRAME_RATES) {
    it.each(GOP_SECONDS)(`cuts ${fps.toFixed(3)} fps with a key frame every %d s`, (gop) => {
      const shape = constantRate(fps, gop, gop > 10 ? 65 : 22);
      run([testVideoTrack()], videoSamples(shape));
      withAudio(shape, 48_000);
      withAudio({ ...shape, compositionFrames: 2 }, 44_100);
    });
  }

  it.each(AUDIO_RATES)('cuts audio alone at %d Hz', (sampleRate) => {
    for (const frameSamples of [1024, 960]) {
      const track = testAudioTrack(sampleRate, frameSamples);
      run([track], audioSamples({ seconds: 20, track }));
    }
  });

  it('cuts any pattern of key frames, with timestamps that jitter', () => {
    const shapes = fc.record({
      fps: fc.constantFrom(...FRAME_RATES),
      gopFrames: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
      jitterMs: fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 1, maxLength: 23 }),
      startsInSync: fc.boolean(),
      startMs: fc.integer({ min: 0, max: 1_000 }),
    });
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom(0, 44_100, 48_000),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (drawn, rate, ahead) => {
          const { fps, ...rest } = drawn;
          const shape = { ...rest, seconds: 14, stepsMs: [1000 / fps] };
          if (rate === 0) run([testVideoTrack()], videoSamples(shape));
          else withAudio(shape, rate, ahead);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('cuts two pictures of the same millisecond behind a part that ended early', () => {
    const shape = { fps: 60_000 / 1001, gopFrames: [1], jitterMs: [-4, 0, 0, 0, 2, 12], startsInSync: true };
    run([testVideoTrack()], videoSamples({ ...shape, startMs: 0, seconds: 14, stepsMs: [1001 / 60] }));
  });

  it('cuts frames at random distances of 8 to 700 ms', () => {
    const shapes = fc.record({
      stepsMs: fc.array(fc.integer({ min: 8, max: 700 }), { minLength: 5, maxLength: 60 }),
      gopFrames: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(shapes, fc.boolean(), (drawn, hasAudio) => {
        const shape = { ...drawn, seconds: 20 };
        if (hasAudio) withAudio(shape, 48_000);
        else run([testVideoTrack()], videoSamples(shape));
      }),
      { numRuns: 150 },
    );
  });

  it('refuses a part that grows past its byte limit, and writes what came before', () => {
    const samples = videoSamples({ ...constantRate(1000, 2, 0.3), frameBytes: MIB });
    const sizes: number[] = [];
    const timing = choosePartTiming({
      frameDuration: ticksOfSeconds(0.001),
      wantedPart: WANTED_PART,
      wantedSegment: WANTED_SEGMENT,
      isExact: false,
    });
    const segmenter = new Segmenter({
      tracks: [testVideoTrack()],
      timing,
      frameDuration: ticksOfSeconds(0.001),
      onPart: ({ tracks }) => {
        const written = tracks.flatMap((track) => track.samples);
        sizes.push(written.reduce((sum, sample) => sum + sample.data.length, 0));
      },
    });
    expect(() => {
      for (const sample of samples) segmenter.push(sample);
    }).toThrow(expect.objectContaining({ code: 'part_too_large' }));
    expect(segmenter.heldBytes).toBeLessThanOrEqual(MAX_PART_BYTES);
    segmenter.flush();
    expect(segmenter.heldBytes).toBe(0);
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeGreaterThan(MAX_PART_BYTES / 2);
  });
});
