// Rules for parts that end with their last picture, when the source pauses, stumbles, changes or ends at any moment.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockPool } from '../../server/hls/part-arena.ts';
import type { PartPlan } from '../../server/hls/part-plan.ts';
import { choosePartTiming } from '../../server/hls/part-timing.ts';
import { Segmenter } from '../../server/hls/segmenter.ts';
import type { Sample } from '../../server/media/sample.ts';
import { ticksOfMs, ticksOfSeconds, toTicks } from '../../server/media/ticks.ts';
import type { TrackKind } from '../../server/media/track.ts';
import {
  audioSamples,
  constantRate,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../support/samples.ts';
import { checkPlans } from '../support/segmenter-rules.ts';

const video = testVideoTrack();
const audio = testAudioTrack();
const TIMESCALES = { video: video.timescale, audio: audio.timescale };
const MS = 90;

const sources = fc.record({
  fps: fc.constantFrom(1, 2, 5, 10, 24_000 / 1001, 25, 30_000 / 1001, 30, 50, 60, 120),
  gopSeconds: fc.constantFrom(0.5, 1, 2, 7.7, 30),
  compositionFrames: fc.constantFrom(0, 2),
  frames: fc.integer({ min: 1, max: 400 }),
  keyFrameBytes: fc.constantFrom(100, 5_000),
  /** A picture is off by so many milliseconds, and those after it too if `lasts`. */
  stumbles: fc.array(
    fc.record({
      at: fc.nat(400),
      ms: fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: 60, max: 3_000 })),
      lasts: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  hasSound: fc.boolean(),
  aheadS: fc.constantFrom(-0.3, -0.1, 0, 0.05, 0.3),
  moreSoundMs: fc.integer({ min: -200, max: 600 }),
  /** When the next run begins, after the last picture; a source that ends has none. */
  nextRunMs: fc.option(fc.integer({ min: -300, max: 1_500 }), { nil: undefined }),
});
type SourceShape = typeof sources extends fc.Arbitrary<infer Shape> ? Shape : never;

function picturesOf({ stumbles, frames, fps, gopSeconds, ...shape }: SourceShape): Sample[] {
  let [shiftMs, last] = [0, -MS];
  return videoSamples({ ...shape, ...constantRate(fps, gopSeconds, frames / fps), frameBytes: 2_000 }).map(
    (sample, frame) => {
      const here = stumbles.filter(({ at }) => at === frame);
      for (const { ms, lasts } of here) shiftMs += lasts ? ms : 0;
      const ownMs = here.reduce((sum, { ms, lasts }) => sum + (lasts ? 0 : ms), 0);
      last = Math.max(sample.dts + (shiftMs + ownMs) * MS, last + MS);
      return { ...sample, dts: last, pts: last + sample.pts - sample.dts };
    },
  );
}

/** Every sample of a track in order, without a hole in decode times, and pictures in the part of their time. @returns where it ends */
function checkTrack(plans: readonly PartPlan[], kind: TrackKind, sent: readonly Sample[]): number {
  let end: number | undefined;
  const written: Uint8Array[] = [];
  for (const { tracks, start, duration } of plans) {
    for (const { baseDecodeTime, samples } of tracks.filter((track) => track.kind === kind)) {
      expect(end ?? baseDecodeTime).toBe(baseDecodeTime);
      end = samples.reduce((sum, sample) => sum + sample.duration, baseDecodeTime);
      written.push(...samples.map(({ data }) => data));
      expect(samples.every((sample) => sample.duration > 0 && sample.compositionOffset >= 0)).toBe(true);
      const begun = toTicks(baseDecodeTime, TIMESCALES[kind]);
      expect(kind === 'audio' || (begun >= start && begun < start + duration)).toBe(true);
    }
  }
  const expected = sent.map(({ data }) => data);
  // The last sound may be repeated, so that sound lasts as long as the pictures.
  expect(Buffer.concat(written.slice(0, expected.length)).equals(Buffer.concat(expected))).toBe(true);
  expect(written.length - expected.length).toBeLessThanOrEqual(kind === 'audio' ? 1 : 0);
  return toTicks(end ?? 0, TIMESCALES[kind]);
}

describe('parts at a constant rate', () => {
  it('keep all rules when the source pauses, stumbles, changes or ends', () => {
    fc.assert(
      fc.property(sources, (shape) => {
        const { hasSound, aheadS, moreSoundMs, fps, nextRunMs } = shape;
        const frameDuration = ticksOfSeconds(1 / fps);
        const wanted = { wantedPart: ticksOfSeconds(0.2), wantedSegment: ticksOfSeconds(2) };
        const timing = choosePartTiming({ frameDuration, ...wanted, isExact: false });
        const pictures = picturesOf(shape);
        const lastDts = pictures.at(-1)?.dts ?? 0;
        const soundSeconds = Math.max(lastDts / 90_000 + 1 / fps + moreSoundMs / 1000, 0.02);
        const sound = hasSound ? audioSamples({ seconds: soundSeconds, track: audio }) : [];
        const plans: PartPlan[] = [];
        const segmenter = new Segmenter({
          tracks: hasSound ? [video, audio] : [video],
          timing,
          frameDuration,
          pool: new BlockPool(),
          onPart: (plan) => plans.push(withOwnData(plan)),
        });
        for (const sample of interleave(pictures, sound, audio, aheadS)) segmenter.push(sample);
        let rest: readonly Sample[] = [];
        if (nextRunMs === undefined) segmenter.flush();
        else rest = segmenter.flushUntil(toTicks(lastDts, video.timescale) + ticksOfMs(nextRunMs));
        const played = sound.slice(0, sound.length - rest.length);
        expect(rest.every(({ data }, at) => data.equals(sound[played.length + at]?.data ?? data))).toBe(true);
        segmenter.release();
        expect(segmenter.usedBytes).toBe(0);
        checkPlans(plans, timing, video);
        const shownEnd = checkTrack(plans, 'video', pictures);
        const heardEnd = hasSound ? checkTrack(plans, 'audio', played) : 0;
        const end = plans.reduce((at, { start, duration }) => Math.max(at, start + duration), 0);
        // Neither media without a place in the playlist, nor a place without media.
        expect(Math.abs(end - Math.max(shownEnd, heardEnd))).toBeLessThanOrEqual(
          Math.max(timing.partTarget, ticksOfMs(600)),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The data of a plan is valid during the call only. */
function withOwnData(plan: PartPlan): PartPlan {
  const tracks = plan.tracks.map((track) => ({
    ...track,
    samples: track.samples.map((sample) => ({ ...sample, data: Buffer.from(sample.data) })),
  }));
  return { ...plan, tracks };
}
