// At a constant rate a part ends with the arrival of its last picture, and the picture after it is placed where the part has ended.

import { describe, expect, it } from 'vitest';
import { BlockPool } from '../../../server/hls/part-arena.ts';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { choosePartTiming } from '../../../server/hls/part-timing.ts';
import { Segmenter } from '../../../server/hls/segmenter.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { msOf, TICKS_PER_SECOND, ticksOfSeconds } from '../../../server/media/ticks.ts';
import type { Track } from '../../../server/media/track.ts';
import { HlsScript } from '../../support/hls-script.ts';
import {
  audioSamples,
  constantRate,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';

const video = testVideoTrack();
const audio = testAudioTrack();
const MS = 90;

/** A part, and the latest sample of the leading track when it was written. */
type Written = { readonly plan: PartPlan; readonly last: Sample };

function segmenterOf(tracks: readonly Track[], fps: number) {
  const written: Written[] = [];
  let last: Sample | undefined;
  const frameDuration = ticksOfSeconds(1 / fps);
  const segmenter = new Segmenter({
    tracks,
    timing: choosePartTiming({
      frameDuration,
      wantedPart: ticksOfSeconds(0.2),
      wantedSegment: ticksOfSeconds(2),
      isExact: false,
    }),
    frameDuration,
    pool: new BlockPool(),
    onPart: (plan) => {
      if (last !== undefined) written.push({ plan: keepData(plan), last });
    },
  });
  const push = (samples: readonly Sample[]): void => {
    for (const sample of samples) {
      if (sample.trackId === tracks[0]?.id) last = sample;
      segmenter.push(sample);
    }
  };
  return { segmenter, written, push };
}

/** The data of the leading track's samples as it was when they were written. */
function keepData(plan: PartPlan): PartPlan {
  const tracks = plan.tracks.map((track) => ({
    ...track,
    samples: track.samples.map((sample) => ({ ...sample, data: Buffer.from(sample.data) })),
  }));
  return { ...plan, tracks };
}

/** Whether a part was written before the leading track went on after it. */
function isEarly({ plan, last }: Written, timescale = 90_000): boolean {
  const end = (plan.start + plan.duration) / (TICKS_PER_SECOND / timescale);
  return last.dts < end - timescale / 1000;
}

/** The leading track's decode times, presentation times and lengths in milliseconds. */
function pictures(written: readonly Written[]): { dts: number; pts: number; duration: number }[] {
  return written.flatMap(({ plan }) =>
    plan.tracks
      .filter(({ kind }) => kind === 'video')
      .flatMap(({ baseDecodeTime, samples }) => {
        let time = baseDecodeTime;
        return samples.map(({ duration, compositionOffset }) => {
          const dts = time;
          time += duration;
          return { dts: dts / MS, pts: (dts + compositionOffset) / MS, duration: duration / MS };
        });
      }),
  );
}

describe('a part at a constant rate', () => {
  it.each([24_000 / 1001, 24, 25, 30_000 / 1001, 30, 48, 50, 60_000 / 1001, 60, 120])(
    'ends with its last picture at %d pictures a second, unless a key frame may follow',
    (fps) => {
      const { written, push } = segmenterOf([video], fps);
      push(videoSamples(constantRate(fps, 2, 20)));
      const keyFrameMs = 2_000 * (Math.round(2 * fps) / (2 * fps));
      let lateParts = 0;
      for (const each of written.slice(20)) {
        if (isEarly(each)) continue;
        lateParts += 1;
        const endMs = msOf(each.plan.start + each.plan.duration) % keyFrameMs;
        expect(Math.min(endMs, keyFrameMs - endMs)).toBeLessThan(105);
      }
      expect(lateParts).toBeGreaterThan(0);
      expect(lateParts).toBeLessThan(written.length / 4);
    },
  );

  it.each([1, 2, 5])('of a single picture ends with it at %d pictures a second', (fps) => {
    // The key frame is moved to other memory when the part before it is written.
    const sent = videoSamples({ ...constantRate(fps, 20, 60), keyFrameBytes: 4_000, frameBytes: 40_000 });
    const { written, push, segmenter } = segmenterOf([video], fps);
    push(sent);
    segmenter.flush();
    // There is a key frame at 40 s, and none may follow within a second.
    const between = written.filter(({ plan }) => msOf(plan.start) >= 40_000 && msOf(plan.start) < 40_900);
    expect(between).toHaveLength(fps);
    expect(between.every((each) => isEarly(each))).toBe(true);
    const shown = written.flatMap(({ plan }) => plan.tracks.flatMap(({ samples }) => samples));
    // Byte by byte, `toEqual` takes half a minute.
    expect(shown).toHaveLength(sent.length);
    expect(shown.findIndex(({ data }, at) => sent[at]?.data.equals(data) !== true)).toBe(-1);
  });

  it('of sound alone ends with its last frame', () => {
    const { written, push } = segmenterOf([audio], 48_000 / 1024);
    push(audioSamples({ seconds: 10, track: audio }));
    const early = written.filter((each) => isEarly(each, 48_000));
    expect(early.length).toBeGreaterThan(written.length * 0.8);
  });

  it('waits for the next picture where the distances differ', () => {
    const { written, push } = segmenterOf([video], 30);
    push(videoSamples({ stepsMs: [33, 29, 38], gopFrames: [60], jitterMs: [0, 3, 1, 5, 2], seconds: 10 }));
    expect(written.length).toBeGreaterThan(40);
    expect(written.some((each) => isEarly(each))).toBe(false);
  });

  it('leaves sound that comes after its last picture to the next part, and loses none', () => {
    const { written, push, segmenter } = segmenterOf([video, audio], 30);
    const sound = audioSamples({ seconds: 8, track: audio });
    push(interleave(videoSamples(constantRate(30, 2, 8)), sound, audio));
    segmenter.flush();
    expect(written.some((each) => isEarly(each))).toBe(true);
    const tracks = written.flatMap(({ plan }) => plan.tracks.filter(({ kind }) => kind === 'audio'));
    const heard = tracks.flatMap(({ samples }) => samples.map(({ data }) => data));
    // The last one may be repeated, so that sound lasts as long as the pictures.
    expect(heard.slice(0, sound.length)).toEqual(sound.map(({ data }) => data));
  });

  it('waits for the next picture while sound is ahead: a run would end without a picture for it', () => {
    const { written, push } = segmenterOf([video, audio], 30);
    const sound = audioSamples({ seconds: 8, track: audio });
    push(interleave(videoSamples(constantRate(30, 2, 8)), sound, audio, 0.3));
    expect(written.length).toBeGreaterThan(30);
    expect(written.some((each) => isEarly(each))).toBe(false);
  });
});

describe('the picture after a part that has ended early', () => {
  /** 25 pictures a second for a second and a part that has ended early, then a picture that is `lateMs` late. */
  function afterLate(lateMs: number, compositionFrames = 0) {
    const all = videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [50], compositionFrames });
    const { written, push, segmenter } = segmenterOf([video], 25);
    push(all.slice(0, 30));
    expect(written.at(-1)).toSatisfy((each: Written) => isEarly(each));
    const moved = (sample: Sample): Sample => ({
      ...sample,
      dts: sample.dts + lateMs * MS,
      pts: sample.pts + lateMs * MS,
    });
    push(all.slice(30).map(moved));
    segmenter.flush();
    return { written, pictures: pictures(written) };
  }

  it.each([-90, -20, -1, 1, 30, 100, 3_000])(
    'leaves no hole in decode times when it is %d ms late',
    (lateMs) => {
      for (const compositionFrames of [0, 2]) {
        const { pictures: shown } = afterLate(lateMs, compositionFrames);
        expect(shown).toHaveLength(200);
        for (const [at, picture] of shown.entries()) {
          const before: (typeof shown)[number] | undefined = shown[at - 1];
          expect(picture.dts).toBeCloseTo(before === undefined ? 0 : before.dts + before.duration, 6);
          expect(picture.pts).toBeGreaterThanOrEqual(picture.dts);
        }
        // Everything after it is where the encoder put it, as soon as that is after the part.
        expect(shown[40]?.dts).toBe(1_600 + lateMs);
      }
    },
  );

  it('is shown when its encoder says, but at the end of the part when it is late by more than a picture', () => {
    expect(afterLate(30).pictures[30]).toMatchObject({ dts: 1_200, pts: 1_230 });
    expect(afterLate(100).pictures[30]).toMatchObject({ dts: 1_200, pts: 1_200, duration: 140 });
  });

  it('makes the following parts wait for their pictures for a while', () => {
    const { written } = afterLate(30);
    const after = written.filter(({ plan }) => msOf(plan.start) >= 1_200);
    expect(after.length).toBeGreaterThan(30);
    expect(after.slice(0, -1).some((each) => isEarly(each))).toBe(false);
    // A millisecond is how RTMP rounds.
    expect(
      afterLate(1)
        .written.slice(10)
        .some((each) => isEarly(each)),
    ).toBe(true);
  });
});

describe('the end of a run whose last picture has been written', () => {
  it.each([700, 1_500])('comes with the end of its sound when the next run begins %d ms later', (laterMs) => {
    const { written, push, segmenter } = segmenterOf([video, audio], 25);
    const shown = videoSamples({ seconds: 1.2, stepsMs: [40], gopFrames: [50] });
    const sound = audioSamples({ seconds: 1.5, track: audio });
    push(interleave(shown, sound.slice(0, 56), audio));
    expect(written.at(-1)).toSatisfy((each: Written) => isEarly(each));
    push(sound.slice(56));
    segmenter.flushUntil(ticksOfSeconds(1.2 + laterMs / 1000));
    const last = written.at(-1)?.plan;
    expect(last).toMatchObject({ endsSegment: true });
    expect(written.every(({ plan }) => plan.tracks.length > 0)).toBe(true);
    const soundEndMs = (sound.length * 1_024) / 48;
    expect(msOf((last?.start ?? 0) + (last?.duration ?? 0))).toBeCloseTo(soundEndMs, 0);
  });

  it('comes no later than the next run', () => {
    const { written, push, segmenter } = segmenterOf([video, audio], 25);
    push(interleave(videoSamples({ seconds: 1.2, stepsMs: [40], gopFrames: [50] }), [], audio));
    push(audioSamples({ seconds: 1.5, track: audio }));
    segmenter.flushUntil(ticksOfSeconds(1.3));
    const last = written.at(-1)?.plan;
    expect((last?.start ?? 0) + (last?.duration ?? 0)).toBe(ticksOfSeconds(1.3));
  });
});

describe('the end of a source', () => {
  const BOTH = { hasVideo: true, hasAudio: true };
  const played = (frames: number): HlsScript => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    const shown = videoSamples({ seconds: 4, stepsMs: [40], gopFrames: [50] }).slice(0, frames);
    script.send(interleave(shown, audioSamples({ seconds: frames * 0.04, track: audio }), audio));
    return script;
  };

  it.each([55, 56, 57])('closes the segment and plays all sound after %d pictures', (frames) => {
    const script = played(frames);
    expect(script.text).toMatch(/#EXT-X-PART:[^\n]*\n#EXT-X-PRELOAD-HINT/);
    script.stop();
    expect(script.text).toMatch(/seg-[^\n]*\n#EXT-X-PRELOAD-HINT/);
    expect(script.written(1)).toHaveLength(frames);
    expect(script.written(2).length).toBeGreaterThanOrEqual(Math.ceil((frames * 0.04 * 48_000) / 1024));
    script.checkDecodeTimes();
  });

  it('closes the segment of pictures alone, which has nothing left to write', () => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    script.send(videoSamples({ seconds: 2.2, stepsMs: [40], gopFrames: [50] }));
    const parts = script.text.split('#EXT-X-PART:').length;
    script.stop();
    expect(script.text.split('#EXT-X-PART:')).toHaveLength(parts);
    expect(script.text).toMatch(/seg-[^\n]*\n#EXT-X-PRELOAD-HINT/);
  });
});
