// PROGRAM-DATE-TIME (RFC 8216bis 4.4.4.6): for hours, the date of a segment is the previous date plus its EXTINF. A
// change of the wall clock appears only at the next discontinuity (row 81 of the trust list).
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../server/media/sample.ts';
import { audioOfHours, sumError, videoOfHours, worstStep } from '../../support/date-reader.ts';
import { HlsScript, SCRIPT_START_MS } from '../../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  timeOf,
  videoSamples,
} from '../../support/samples.ts';

const HOUR_MS = 3_600_000;
const video = testVideoTrack();

// test/long/dates.test.ts has the same of twelve hours.
describe('dates of an hour', () => {
  it('at 29.97 fps with RTMP’s milliseconds are exact to the millisecond', () => {
    const segments = videoOfHours(1);
    expect(segments.length).toBeGreaterThan(1_750);
    expect(worstStep(segments)).toBeLessThan(0.001);
    const [first, last] = [segments[0]?.dateMs ?? 0, segments.at(-1)?.dateMs ?? 0];
    expect(last - first).toBeGreaterThan(0.99 * HOUR_MS);
  });

  it('of audio alone at 44.1 kHz are exact to the millisecond that the text has', () => {
    const segments = audioOfHours(1);
    expect(segments.length).toBeGreaterThan(1_650);
    expect(worstStep(segments)).toBeLessThanOrEqual(1);
    // The sum of the durations is equally exact: rounding errors do not add up.
    expect(sumError(segments)).toBeLessThan(10);
  });
});

describe('a wall clock that is set while a stream runs (row 81)', () => {
  it.each([
    ['an hour on', HOUR_MS],
    ['an hour back', -HOUR_MS],
  ])('%s changes no date before the next discontinuity, and all behind it', (_what, stepMs) => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    const media = (startMs: number, seconds: number): Sample[] =>
      videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [50] });
    script.send(media(0, 6));
    script.nowMs += stepMs;
    // The script's history compares every date with the previous one.
    for (const sample of media(6_000, 6)) {
      script.nowMs += 40;
      script.output.onSample(sample);
      script.look();
    }
    const before = script.history.last?.segments.at(-1);
    script.stop();
    script.start([video], { hasAudio: false }, 1_000);
    const returnedMs = script.nowMs;
    script.send(media(0, 3));
    const after = script.history.last?.segments.find(
      ({ discontinuity }) => discontinuity === (before?.discontinuity ?? 0) + 1,
    );
    expect(after?.dateMs).toBe(returnedMs);
    const gapMs = (after?.dateMs ?? 0) - (before?.dateMs ?? 0);
    expect(Math.sign(gapMs)).toBe(Math.sign(stepMs));
    expect(Math.abs(gapMs)).toBeGreaterThan(HOUR_MS - 10_000);
  });
});

describe('a clock of the source that jumps while pictures are replaced', () => {
  it.each([
    ['a picture that refers to missing ones', (sample: Sample) => !sample.isSync],
    ['a key frame', (sample: Sample) => sample.isSync],
  ])('gives new dates, also if it shows at %s', (_what, isJump) => {
    const audio = testAudioTrack();
    const script = new HlsScript();
    script.start([video, audio], { hasVideo: true, hasAudio: true });
    const idr = Buffer.from('0000000465880000', 'hex');
    // Pictures stop for three seconds, and come back between two key frames.
    const pictures = videoSamples({ seconds: 14, stepsMs: [40], gopFrames: [50] })
      .filter(({ dts }) => dts < 3 * 90_000 || dts >= 6.5 * 90_000)
      .map((sample) => (sample.isSync ? { ...sample, data: idr } : sample));
    const jump = pictures.find((sample) => sample.dts >= 6.5 * 90_000 && isJump(sample));
    for (const sample of interleave(pictures, audioSamples({ seconds: 14, track: audio }), audio)) {
      if (sample === jump) script.nowMs += HOUR_MS;
      script.send([sample === jump ? { ...sample, afterJump: true } : sample]);
    }
    const last = script.history.last?.segments.at(-1);
    expect(last?.discontinuity).toBe(1);
    expect((last?.dateMs ?? 0) - (script.firstDateMs ?? 0)).toBeGreaterThan(HOUR_MS);
  });
});

describe('a clock of the source that jumps before its first picture is played', () => {
  it.each(['audio', 'video'])('gives the dates from after the jump, if it shows at %s', (kind) => {
    const audio = testAudioTrack();
    const script = new HlsScript();
    script.start([video, audio], { hasVideo: true, hasAudio: true });
    const pictures = videoSamples({ seconds: 8, startMs: 2_000, stepsMs: [40], gopFrames: [50] });
    const samples = interleave(pictures, audioSamples({ seconds: 10, track: audio }), audio);
    const jump = samples.findIndex((sample) => sample.kind === kind && timeOf(sample, audio) >= 2);
    for (const [at, sample] of samples.entries()) {
      script.nowMs = SCRIPT_START_MS + timeOf(sample, audio) * 1_000 + (at >= jump ? HOUR_MS : 0);
      script.send([{ ...sample, afterJump: at === jump }]);
    }
    // The sound from before the first picture is not played.
    expect(script.firstDateMs).toBeCloseTo(SCRIPT_START_MS + HOUR_MS + 2_000, -1);
    expect(script.history.last?.segments.at(-1)?.discontinuity).toBe(0);
  });
});
