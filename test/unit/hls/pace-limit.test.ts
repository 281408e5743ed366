// How fast a source may send media, by the gateway's clock.
import { expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { audioSamples, testAudioTrack, testVideoTrack, videoSamples } from '../../support/samples.ts';
import { settingsFrom } from '../../support/settings.ts';

const MAX_AHEAD_S = 60;
const video = testVideoTrack();
const audio = testAudioTrack();

const frames = (seconds: number, startMs = 0, stepMs = 40): Sample[] =>
  videoSamples({ seconds, startMs, stepsMs: [stepMs], gopFrames: [Math.max(1, 1_000 / stepMs)] });

class PaceScript extends HlsScript {
  readonly #track;

  constructor(track: typeof video | typeof audio = video, maxAhead = MAX_AHEAD_S) {
    super({ maxAhead });
    this.#track = track;
    this.start([track], { hasVideo: track.kind === 'video', hasAudio: track.kind === 'audio' });
  }

  /** Media arrives `speed` times as fast as real time. @returns seconds of media that were taken, and the error after them */
  play(samples: readonly Sample[], speed: number): { takenS: number; error?: GatewayError } {
    const startMs = this.nowMs;
    const first = samples[0]?.dts ?? 0;
    for (const sample of samples) {
      const takenS = (sample.dts - first) / this.#track.timescale;
      this.nowMs = Math.max(this.nowMs, startMs + (takenS * 1_000) / speed);
      try {
        this.output.onSample(sample);
      } catch (error) {
        if (error instanceof GatewayError) return { takenS, error };
        throw error;
      }
      this.look();
    }
    return { takenS: ((samples.at(-1)?.dts ?? 0) - first) / this.#track.timescale };
  }
}

it.each([1, 1.1, 2])('lets a source that sends %s times as fast as real time go on', (speed) => {
  const script = new PaceScript();
  expect(script.play(frames(300), speed).error).toBeUndefined();
});

it.each([
  ['pictures at ten times real time', video, frames(300), 10],
  ['pictures of ten seconds each', video, frames(3_000, 0, 10_000), 100],
  ['sound at four times real time', audio, audioSamples({ seconds: 300, track: audio }), 4],
])('ends %s, after the reserve', (_what, track, samples, speed) => {
  const script = new PaceScript(track);
  const { takenS, error } = script.play(samples, speed);
  expect(error).toMatchObject({ kind: 'limit', code: 'too_fast' });
  expect(error?.message).toContain('more than 60 s ahead (stream.max-ahead)');
  // At `speed` the reserve lasts for `MAX_AHEAD_S` / (`speed` - 2) seconds.
  const expected = (MAX_AHEAD_S * speed) / (speed - 2);
  expect(takenS).toBeGreaterThan(expected - 25);
  expect(takenS).toBeLessThan(expected + 25);
  script.end();
  expect(script.text).toContain('#EXT-X-ENDLIST');
});

it('takes a minute that an outage has delayed at once, and again after the next one', () => {
  const script = new PaceScript();
  for (let at = 0; at < 5; at += 1) {
    script.nowMs += 50_000;
    expect(script.play(frames(50, at * 50_000), 1_000).error).toBeUndefined();
  }
});

it('gives a source that comes again no new reserve', () => {
  const script = new PaceScript();
  expect(script.play(frames(50), 1_000).error).toBeUndefined();
  script.stop();
  script.start([video], { hasVideo: true });
  const { takenS, error } = script.play(frames(50), 1_000);
  expect(error?.code).toBe('too_fast');
  expect(takenS).toBeLessThan(15);
});

it('does not blame a source for the last parts of the one before', () => {
  const script = new PaceScript();
  // Irregular pictures: the last one is written when the source ends, and the budget is spent.
  const irregular = videoSamples({ seconds: 300, stepsMs: [1_000, 900, 1_100, 950], gopFrames: [1] });
  expect(script.play(irregular, 1_000).error?.code).toBe('too_fast');
  script.stop();
  script.start([video], { hasVideo: true }, 14_000);
  expect(script.play(frames(10), 1).error).toBeUndefined();
});

const secondsOf = (maxAhead: string): number =>
  settingsFrom({ stream: { maxAhead } })['stream.max-ahead'] / 1_000;

it('takes at once what the setting says, also its least value', () => {
  expect(() => secondsOf('11999ms')).toThrow('from 12s to 24h');
  const { takenS, error } = new PaceScript(video, secondsOf('12s')).play(frames(60), 1_000);
  expect(error?.message).toContain('more than 12 s ahead (stream.max-ahead)');
  expect(takenS).toBeGreaterThan(12);
  expect(takenS).toBeLessThan(14);
});

it('lets a camera go on whose pictures are nearly as far apart as the least value', () => {
  const script = new PaceScript(video, secondsOf('12s'));
  expect(script.play(frames(120, 0, 11_900), 1).error).toBeUndefined();
});

it('has no limit of zero', () => {
  const script = new PaceScript(video, 0);
  expect(script.play(frames(600), 1_000).error).toBeUndefined();
});
