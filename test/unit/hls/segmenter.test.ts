import { describe, expect, it } from 'vitest';
import type { PartPlan } from '../../../server/hls/part-plan.ts';
import { choosePartTiming } from '../../../server/hls/part-timing.ts';
import { leadingTrack, Segmenter } from '../../../server/hls/segmenter.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { msOf, secondsOf, ticksOfSeconds } from '../../../server/media/ticks.ts';
import type { Track } from '../../../server/media/track.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  timeOf,
  videoSamples,
} from '../../support/samples.ts';

const video = testVideoTrack();
const audio = testAudioTrack();
const timing = choosePartTiming({
  frameDuration: ticksOfSeconds(0.04),
  wantedPart: ticksOfSeconds(0.2),
  wantedSegment: ticksOfSeconds(2),
  isExact: false,
});

function cut(
  tracks: readonly Track[],
  samples: readonly Sample[],
): { plans: PartPlan[]; segmenter: Segmenter } {
  const plans: PartPlan[] = [];
  const segmenter = new Segmenter({
    tracks,
    timing,
    frameDuration: ticksOfSeconds(0.04),
    onPart: (plan) => plans.push(plan),
  });
  for (const sample of samples) segmenter.push(sample);
  return { plans, segmenter };
}

const byTime = (left: Sample, right: Sample): number => timeOf(left, audio) - timeOf(right, audio);
const frames = (stepsMs: number[], seconds: number, gop = 1_000): Sample[] =>
  videoSamples({ seconds, stepsMs, gopFrames: [gop] });
const lengths = (plans: readonly PartPlan[]): number[] =>
  plans.map((plan) => Math.round(msOf(plan.duration)));
const secondsIn = (plans: readonly PartPlan[]): number =>
  secondsOf(plans.reduce((sum, plan) => sum + plan.duration, 0));

describe('segmenter', () => {
  it('leads with video, whatever the order of the tracks', () => {
    expect(leadingTrack([audio, video])).toBe(video);
    expect(leadingTrack([audio])).toBe(audio);
    expect(leadingTrack([])).toBeUndefined();
    expect(() => cut([], [])).toThrow(RangeError);
  });

  it('ends a part as soon as one frame more would not fit', () => {
    expect(lengths(cut([video], frames([40], 1)).plans)).toEqual([200, 200, 200, 200, 200]);
  });

  it('starts a segment at the place of a part that ends just before a late key frame', () => {
    const late = frames([40, 40, 40, 40, 50], 2.2, 50);
    const { plans } = cut([video], late);
    expect(plans.find((plan) => plan.endsSegment)?.tracks).toHaveLength(1);
    expect(plans.every((plan) => plan.tracks.length > 0)).toBe(true);
  });

  it.each([0.2, 0.25, 0.5, 1])(
    'does not end a segment at each key frame if PART-TARGET is that of %d pictures a second',
    (slowRate) => {
      const slow = { frameDuration: ticksOfSeconds(1 / slowRate), wantedPart: ticksOfSeconds(0.2) };
      const wanted = choosePartTiming({ ...slow, wantedSegment: ticksOfSeconds(1), isExact: false });
      const ends: number[] = [];
      const segmenter = new Segmenter({
        ...{ tracks: [video], timing: wanted, frameDuration: ticksOfSeconds(0.04) },
        onPart: ({ start, duration, endsSegment }) => {
          if (endsSegment) ends.push(start + duration);
        },
      });
      for (const sample of frames([40], 10, 2)) segmenter.push(sample);
      const segments = ends.map((end, at) => secondsOf(end - (ends[at - 1] ?? 0)));
      expect(segments.length).toBeGreaterThan(2);
      // The media sequence counts half seconds (decision 3).
      expect(Math.min(...segments)).toBeGreaterThanOrEqual(0.5);
    },
  );

  it('fills the time of a long frame with sound, and with a gap where there is none', () => {
    const slow = frames([40, 700], 1.5);
    const withSound = cut(
      [video, audio],
      interleave(slow, audioSamples({ seconds: 1.5, track: audio }), audio),
    ).plans;
    expect(withSound.every((plan) => plan.tracks.length > 0)).toBe(true);
    const alone = cut([video], slow).plans;
    expect(alone.map((plan) => plan.tracks.length)).toContain(0);
    expect(Math.max(...alone.map((plan) => plan.duration))).toBeLessThanOrEqual(timing.partTarget);
  });

  it('writes a frame that comes exactly at the end of a slot into the next one', () => {
    const slotMs = msOf(timing.partTarget);
    const [first, second] = frames([3 * slotMs, 40], (3 * slotMs) / 1000 + 0.04);
    if (first === undefined || second === undefined) throw new Error('no frames');
    const { plans, segmenter } = cut([video], [first, second]);
    segmenter.flush();
    expect(lengths(plans)).toEqual([slotMs, slotMs, slotMs, 40]);
    expect(plans.map(({ tracks }) => tracks[0]?.baseDecodeTime)).toEqual([
      0,
      undefined,
      undefined,
      second.dts,
    ]);
    // And at the start of a segment, if it is a key frame.
    const closed = cut(
      [video],
      [first, { ...second, dts: 11 * second.dts, pts: 11 * second.dts, isSync: true }],
    );
    closed.segmenter.flush();
    expect(closed.plans.map(({ endsSegment }) => endsSegment).lastIndexOf(true)).toBe(33);
    expect(closed.plans.at(-2)?.endsSegment).toBe(true);
  });

  it('ends a run with its last frame, and holds that as long as there is sound', () => {
    const short = cut([video], frames([40], 0.36));
    short.segmenter.flush();
    expect(lengths(short.plans)).toEqual([200, 160]);
    expect(short.plans.at(-1)?.endsSegment).toBe(true);
    const longer = cut(
      [video, audio],
      [...frames([40], 0.36), ...audioSamples({ seconds: 0.7, track: audio })],
    );
    longer.segmenter.flush();
    expect(secondsIn(longer.plans)).toBeCloseTo(33 * (1024 / 48_000), 4);
    expect(
      longer.plans
        .flatMap((plan) => plan.tracks.filter((track) => track.trackId === 1))
        .at(-1)
        ?.samples.at(-1)?.duration,
    ).toBeGreaterThan(27_000);
  });

  it.each([
    ['a second key frame after two seconds', 50, [0.6, 0.6, 0.8, 2]],
    ['a second key frame after one', 25, [0.6, 0.4, 2]],
    ['a second key frame where a segment ends anyway', 15, [0.6, 2.4]],
    ['no second key frame', 1_000, [0.6, 0.6, 4.2]],
  ])(
    'opens a stream with short segments, for players that begin with whole ones: %s',
    (_what, gop, wanted) => {
      const plans: PartPlan[] = [];
      const onPart = (plan: PartPlan): number => plans.push(plan);
      const segmenter = new Segmenter({
        tracks: [video],
        timing,
        frameDuration: ticksOfSeconds(0.04),
        opening: { first: 3, following: 3 },
        onPart,
      });
      for (const sample of frames([40], 6.2, gop)) segmenter.push(sample);
      const seconds: number[] = [];
      let open = 0;
      for (const { duration, endsSegment } of plans) {
        open += duration;
        if (!endsSegment) continue;
        seconds.push(secondsOf(open));
        open = 0;
      }
      expect(seconds.slice(0, wanted.length)).toEqual(wanted);
    },
  );

  it('opens with no segment in which no media came', () => {
    const plans: PartPlan[] = [];
    const segmenter = new Segmenter({
      tracks: [video],
      timing,
      frameDuration: ticksOfSeconds(0.04),
      opening: { first: 3, following: 3 },
      onPart: (plan) => plans.push(plan),
    });
    const pictures = frames([40], 3);
    for (const sample of pictures.filter(({ dts }) => dts < 0.4 * 90_000 || dts >= 1.6 * 90_000))
      segmenter.push(sample);
    expect(plans.some(({ tracks }) => tracks.length === 0)).toBe(true);
    let hasMedia = false;
    for (const { tracks, endsSegment } of plans) {
      hasMedia ||= tracks.length > 0;
      if (!endsSegment) continue;
      expect(hasMedia).toBe(true);
      hasMedia = false;
    }
  });

  it('does nothing at the end of a run without samples', () => {
    const { plans, segmenter } = cut([video], []);
    segmenter.flush();
    expect(segmenter.flushUntil(ticksOfSeconds(3))).toEqual([]);
    expect(plans).toEqual([]);
  });

  it('hands on what belongs to the next run', () => {
    const sound = audioSamples({ seconds: 0.8, track: audio });
    const { plans, segmenter } = cut([video, audio], [...frames([40], 0.48), ...sound]);
    const rest = segmenter.flushUntil(ticksOfSeconds(0.5));
    const boundary = 0.5 * 48_000;
    expect(rest).toEqual(sound.filter((sample) => sample.dts >= boundary));
    expect(secondsIn(plans)).toBe(0.5);
    expect(plans.at(-1)?.endsSegment).toBe(true);
  });

  it.each([
    ['is missing in the last part', 0.46, 0, 0.5],
    ['is missing from before the last part on', 0.37, 0, 0.5],
    ['goes on, but pictures are shown later than decoded', 0.8, 80, 0.58],
    ['is missing, and pictures are shown later than decoded', 0.37, 80, 0.58],
  ])('lets sound last as long as the pictures of its run when it %s', (_what, soundS, shownLaterMs, endS) => {
    const sound = audioSamples({ seconds: soundS, track: audio });
    const pictures = frames([40], 0.48).map((sample) => ({ ...sample, pts: sample.dts + shownLaterMs * 90 }));
    const { plans, segmenter } = cut([video, audio], [...pictures, ...sound].toSorted(byTime));
    const rest = segmenter.flushUntil(ticksOfSeconds(0.5));
    expect(rest).toEqual(sound.filter(({ dts }) => dts >= 0.5 * 48_000));
    const written = plans.flatMap((plan) => plan.tracks.filter(({ trackId }) => trackId === 2));
    let end = 0;
    for (const { baseDecodeTime, samples } of written) {
      expect(baseDecodeTime).toBe(end);
      end = baseDecodeTime + samples.reduce((sum, sample) => sum + sample.duration, 0);
    }
    expect(end).toBeCloseTo(endS * 48_000, 6);
    expect(plans.at(-1)?.tracks.map(({ kind }) => kind)).toEqual(['video', 'audio']);
  });

  it('lets sound last as long as the run where the pictures pause as well', () => {
    const sound = audioSamples({ seconds: 0.37, track: audio });
    const { plans, segmenter } = cut([video, audio], interleave(frames([40], 0.44), sound, audio));
    expect(segmenter.flushUntil(ticksOfSeconds(0.75))).toEqual([]);
    const heard = plans.at(-1)?.tracks.find(({ trackId }) => trackId === 2);
    const end = heard?.samples.reduce((sum, { duration }) => sum + duration, heard.baseDecodeTime);
    expect(end).toBe(0.75 * 48_000);
  });

  it('lets the last sound stand in once, though the one before it lasts beyond the run', () => {
    // Frames of 42.7 ms, longer than the last picture.
    const coarse = testAudioTrack(24_000);
    const sound = audioSamples({ seconds: 0.44, track: coarse });
    const pictures = frames([40], 0.44).map((sample) => ({ ...sample, pts: sample.dts + 80 * 90 }));
    const { plans, segmenter } = cut([video, coarse], interleave(pictures, sound, coarse));
    const rest = segmenter.flushUntil(ticksOfSeconds(0.44));
    expect(rest.every((sample) => sound.includes(sample))).toBe(true);
    const heard = plans.flatMap(({ tracks }) => tracks.filter(({ trackId }) => trackId === 2)).at(-1);
    const end = heard?.samples.reduce((sum, { duration }) => sum + duration, heard.baseDecodeTime) ?? 0;
    expect(end / 24_000).toBeCloseTo(0.52, 3);
  });

  it('leaves a long silence at the end of a run as it is', () => {
    const sound = audioSamples({ seconds: 1, track: audio });
    const { plans, segmenter } = cut([video, audio], interleave(frames([40], 2), sound, audio));
    segmenter.flushUntil(ticksOfSeconds(2));
    expect(plans.at(-1)?.tracks.map(({ kind }) => kind)).toEqual(['video']);
  });

  it('does not write sound over sound when its clock is set back', () => {
    const sound = audioSamples({ seconds: 1, track: audio }).map((sample, at) =>
      at < 20 ? sample : { ...sample, dts: sample.dts - 900 },
    );
    const { plans, segmenter } = cut([video, audio], interleave(frames([40], 1), sound, audio));
    segmenter.flush();
    let end = 0;
    for (const track of plans.flatMap((plan) => plan.tracks.filter((candidate) => candidate.trackId === 2))) {
      expect(track.baseDecodeTime).toBeGreaterThanOrEqual(end);
      end = track.baseDecodeTime + track.samples.reduce((sum, sample) => sum + sample.duration, 0);
    }
    expect(
      plans
        .flatMap((plan) => plan.tracks.filter((track) => track.trackId === 2))
        .flatMap((track) => track.samples),
    ).toHaveLength(sound.length);
  });
});
