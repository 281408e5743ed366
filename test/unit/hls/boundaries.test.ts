// Where one run ends and the next begins, when pictures are shown later than they are decoded, as with B-frames.
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../server/media/sample.ts';
import type { ReadSample } from '../../support/fragment-samples.ts';
import { HlsScript } from '../../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';

const audio = testAudioTrack();
const video = testVideoTrack();
const otherVideo = testVideoTrack({ width: 640 });
const BOTH = { hasVideo: true, hasAudio: true };

/** 25 frames a second, a key frame each second; every picture is shown `delayMs` after its decode time. */
const pictures = (seconds: number, delayMs: number, startMs = 0): Sample[] =>
  videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [25] }).map((sample) => ({
    ...sample,
    pts: sample.dts + delayMs * 90,
  }));
const mixed = (video: readonly Sample[], seconds: number, startMs = 0): Sample[] =>
  interleave(video, audioSamples({ seconds, startMs, track: audio }), audio);

type Span = { readonly from: number; readonly to: number };

/** The milliseconds of the timeline during which each run shows pictures and plays sound. */
function spans(script: HlsScript): { readonly shown: Span; readonly heard: Span }[] {
  const runs = new Map<number, { shown: Span; heard: Span }>();
  for (const { discontinuity, samples } of script.parts.values()) {
    for (const { trackId, pts, duration } of samples) {
      const ticksPerMs = trackId === 1 ? 90 : 48;
      const none = { from: Number.POSITIVE_INFINITY, to: 0 };
      const run = runs.get(discontinuity) ?? { shown: none, heard: none };
      const kind = trackId === 1 ? 'shown' : 'heard';
      const from = Math.min(run[kind].from, Math.round(pts / ticksPerMs));
      const to = Math.max(run[kind].to, Math.round((pts + duration) / ticksPerMs));
      runs.set(discontinuity, { ...run, [kind]: { from, to } });
    }
  }
  return [...runs.values()];
}

describe('pictures that are shown later than decoded', () => {
  it('keep their times in a stream that begins', () => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send(mixed(pictures(4, 80), 4));
    const [first] = script.parts.values();
    const shown = first?.samples.filter(({ trackId }) => trackId === 1);
    expect(shown?.map(({ dts, pts }) => [dts / 90, pts / 90]).slice(0, 2)).toEqual([
      [0, 80],
      [40, 120],
    ]);
    expect(new Date(script.firstDateMs ?? 0).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it.each([
    ['where the publisher comes back', 80],
    ['where one without B-frames comes back', 0],
  ])(
    'leave no hole %s: the first is shown at once, and sound lasts as long as pictures',
    (_what, laterMs) => {
      const script = new HlsScript();
      script.start([video, audio], BOTH);
      script.send(mixed(pictures(2.04, 80), 2.04));
      script.stop();
      script.start([video, audio], BOTH, 3_000);
      script.send(mixed(pictures(2, laterMs), 2));
      script.end();
      const [before, after] = spans(script);
      expect(before?.heard.to).toBeGreaterThanOrEqual((before?.shown.to ?? 0) - 1);
      // hls.js takes the decode time of the media after the last picture.
      const first = firstOf(script, 1);
      expect(first?.pts).toBe(first?.dts);
      expect(after?.shown.from).toBe(Math.round((first?.dts ?? 0) / 90));
    },
  );

  it('leave no hole where the size changes in mid-connection', () => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send(mixed(pictures(2.04, 80), 2.04));
    script.track(otherVideo);
    script.send(mixed(pictures(2, 80, 2_040), 2, 2_048));
    script.end();
    const [before] = spans(script);
    const first = firstOf(script, 1);
    expect([first?.dts, first?.pts]).toEqual([2_040 * 90, 2_040 * 90]);
    expect(before?.shown.to).toBe(2_120);
    expect(before?.heard.to).toBeGreaterThanOrEqual(2_119);
  });
});

/** The first picture of a run. */
function firstOf(script: HlsScript, run: number): ReadSample | undefined {
  const part = [...script.parts.values()].find(({ discontinuity }) => discontinuity === run);
  return part?.samples.find(({ trackId }) => trackId === 1);
}

describe('sound that begins during a run', () => {
  /** Sound whose samples say at which rate they were made. */
  const soundOf = (rate: number, seconds: number, startMs: number): Sample[] =>
    audioSamples({ seconds, startMs, track: testAudioTrack(rate) }).map((sample) => ({
      ...sample,
      data: Buffer.from(`${rate}`),
    }));

  it('is played with its own configuration only, if that changes before the next key frame', () => {
    const script = new HlsScript();
    script.start([video], { hasVideo: true, hasAudio: false });
    const pictures = videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [75] });
    const sentFrom = (ms: number, toMs: number): Sample[] =>
      pictures.filter(({ dts }) => dts >= ms * 90 && dts < toMs * 90);
    script.send(sentFrom(0, 4_500));
    script.track(testAudioTrack(96_000));
    script.send(soundOf(96_000, 1, 4_500));
    script.send(sentFrom(4_500, 5_500));
    script.track(audio);
    script.send(interleave(sentFrom(5_500, 8_000), soundOf(48_000, 2.5, 5_500), audio));
    script.end();
    const heard = script.written(2);
    expect(new Set(heard.map(({ data }) => data.toString()))).toEqual(new Set(['48000']));
    expect((heard[0]?.dts ?? 0) / 48_000).toBeCloseTo(6, 1);
  });
});
