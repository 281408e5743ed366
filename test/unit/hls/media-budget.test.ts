// How much silence and how many stills a source can cause, and what remains when it has caused too much.
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../server/media/sample.ts';
import { HlsScript } from '../../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';

const RATES = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000];
const BOTH = { hasVideo: true, hasAudio: true };
/** Twice the longest silence of a track, `2 * MAX_TRACK_SILENCE`. */
const RESERVE_S = 24;
const video = testVideoTrack();
const IDR = Buffer.from('0000000209f000000004658800ff', 'hex');

/** 25 pictures a second, a key frame each second. */
const frames = (seconds: number, startMs = 0): Sample[] =>
  videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [25] }).map((sample) =>
    sample.isSync ? { ...sample, data: IDR } : sample,
  );

class FillScript extends HlsScript {
  readonly audio;
  silentFrames = 0;
  stills = 0;
  begun = 0;
  /** Why nothing replaced a track that had stopped. */
  readonly notReplaced: string[] = [];
  /** Pictures that were dropped up to a key frame. */
  waits = 0;

  constructor(sampleRate = 48_000) {
    super({
      onSilence: (event) => {
        if (event.kind === 'begins') this.begun += 1;
        if (event.kind === 'gives-up') this.notReplaced.push(event.reason);
        if (event.kind === 'made') this.silentFrames += event.frames;
      },
      onStill: (event) => {
        if (event.kind === 'begins') this.begun += 1;
        if (event.kind === 'gives-up') this.notReplaced.push(event.reason);
        if (event.kind === 'made') this.stills += event.pictures;
        if (event.kind === 'waits') this.waits += 1;
      },
    });
    this.audio = testAudioTrack(sampleRate);
    this.start([video, this.audio], BOTH);
    this.send(interleave(frames(4), this.sound(4), this.audio));
  }

  sound(seconds: number, startMs = 0): Sample[] {
    return audioSamples({ seconds, startMs, track: this.audio });
  }

  /** The gateway's clock stands still. */
  sendAtOnce(samples: readonly Sample[]): void {
    for (const sample of samples) {
      this.output.onSample(sample);
      this.look();
    }
  }

  get discontinuities(): number {
    return this.history.last?.segments.at(-1)?.discontinuity ?? -1;
  }

  get silentS(): number {
    return (this.silentFrames * 1024) / this.audio.timescale;
  }
}

/** Key frames that are `stepMs` apart. */
const leaps = (count: number, stepMs: number): Sample[] =>
  videoSamples({ seconds: (count * stepMs) / 1_000, startMs: 8_000, stepsMs: [stepMs], gopFrames: [1] });
/** Short enough for the track to stay in the run. */
const SHORT_LEAP_MS = 3_000;

describe('silence', () => {
  it('is not made of a clock that runs ahead of real time: the track leaves, and the playlist goes on', () => {
    const script = new FillScript();
    script.sendAtOnce(leaps(50, 8_000));
    expect(script.silentS).toBeGreaterThan(RESERVE_S - 1);
    expect(script.silentS).toBeLessThanOrEqual(RESERVE_S);
    expect([script.begun, script.notReplaced]).toEqual([1, ['too-fast']]);
    expect(script.discontinuities).toBe(1);
    expect(script.multivariant).toContain('CODECS="avc1.42c01f"');
    const last = script.history.last?.segments.at(-1);
    script.sendAtOnce(frames(30, 408_000));
    expect(script.history.last?.segments.at(-1)?.msn).toBeGreaterThan(last?.msn ?? Infinity);
    script.sendAtOnce(interleave(frames(4, 438_000), script.sound(4, 438_000), script.audio));
    expect(script.discontinuities).toBe(2);
    expect(script.multivariant).toContain('CODECS="avc1.42c01f,mp4a.40.2"');
    script.checkDecodeTimes();
  });

  it('is not made again and again for single frames of sound between leaps of the pictures', () => {
    const script = new FillScript();
    for (const leap of leaps(50, SHORT_LEAP_MS)) {
      const startMs = leap.dts / 90;
      script.sendAtOnce([leap, ...script.sound(0.02, startMs)]);
    }
    expect(script.silentS).toBeLessThanOrEqual(RESERVE_S);
    expect(script.silentS).toBeGreaterThan(RESERVE_S - 1);
    // The first jumps spend the budget.
    expect(script.begun).toBeLessThan(10);
    expect(script.begun + script.notReplaced.length).toBeGreaterThanOrEqual(50);
    expect(new Set(script.notReplaced)).toEqual(new Set(['too-fast']));
  });

  it.each(RATES)(
    'never ends for a source in real time that has lost its sound for minutes, at %i Hz',
    (rate) => {
      const script = new FillScript(rate);
      script.send(frames(180, 4_000));
      script.send(interleave(frames(4, 184_000), script.sound(4, 184_000), script.audio));
      script.end();
      expect([script.begun, script.notReplaced]).toEqual([1, []]);
      expect(script.silentS).toBeGreaterThan(179.9);
      expect(script.discontinuities).toBe(0);
      script.checkDecodeTimes();
    },
  );

  it('covers ten seconds that a slow link delivers at once, again and again', () => {
    const script = new FillScript();
    for (let at = 0; at < 12; at += 1) {
      script.nowMs += 10_000;
      script.sendAtOnce(frames(10, 4_000 + at * 10_000));
    }
    expect(script.begun).toBe(1);
    expect(script.silentS).toBeGreaterThan(119);
    expect(script.discontinuities).toBe(0);
  });
});

it('keeps both tracks in the run when the one that is left pauses', () => {
  const script = new FillScript();
  script.send(frames(4, 4_000));
  script.send(frames(4, 14_000));
  expect(script.silentS).toBeGreaterThan(13.5);
  expect(script.discontinuities).toBe(0);
  const other = new FillScript();
  other.send(other.sound(4, 4_000));
  other.send(other.sound(4, 14_000));
  expect(other.stills).toBeGreaterThan(26);
  expect(other.discontinuities).toBe(0);
});

describe('stills', () => {
  it('are not made again and again for single key frames between leaps of the sound', () => {
    const script = new FillScript();
    for (let at = 0; at < 50; at += 1) {
      const startMs = 8_000 + at * SHORT_LEAP_MS;
      script.sendAtOnce([...script.sound(0.02, startMs), ...frames(0.04, startMs)]);
    }
    expect(script.stills).toBeLessThanOrEqual(2 * RESERVE_S);
    expect(script.stills).toBeGreaterThan(2 * RESERVE_S - 2);
  });

  it('are not made of a clock that runs ahead of real time: the track leaves, and the playlist goes on', () => {
    const script = new FillScript();
    script.sendAtOnce(script.sound(90, 4_000));
    expect(script.stills).toBe(2 * RESERVE_S);
    expect([script.begun, script.notReplaced]).toEqual([1, ['too-fast']]);
    expect(script.discontinuities).toBe(1);
    expect(script.multivariant).toContain('CODECS="mp4a.40.2"');
    script.checkDecodeTimes();
  });

  it('leave the references of pictures that return without one alone', () => {
    const script = new FillScript();
    for (let at = 0; at < 20; at += 1) {
      const startMs = 8_000 + at * SHORT_LEAP_MS;
      script.sendAtOnce([...script.sound(0.02, startMs), ...frames(0.04, startMs)]);
    }
    expect(script.stills).toBe(2 * RESERVE_S);
    const pictures = frames(4, 67_040).map((sample) => ({ ...sample, isSync: false }));
    script.sendAtOnce([...script.sound(0.02, 67_000), ...pictures]);
    expect(script.waits).toBe(0);
  });

  it('never end for a source in real time that has lost its pictures for minutes', () => {
    const script = new FillScript();
    script.send(script.sound(180, 4_000));
    script.send(interleave(frames(4, 184_000), script.sound(4, 184_000), script.audio));
    script.end();
    expect([script.begun, script.notReplaced]).toEqual([1, []]);
    expect(script.stills).toBeGreaterThan(2 * 179);
    expect(script.discontinuities).toBe(0);
    script.checkDecodeTimes();
  });
});
