import { describe, expect, it } from 'vitest';
import { MAX_STEP_MS, Timeline } from '../../../server/media/timeline.ts';
import {
  AUDIO_44100,
  AUDIO_48000,
  expectInStep,
  expectStrictlyIncreasing,
  type Frame,
  framesOf,
  NO_REPAIRS,
  stepsMs,
  timed,
} from '../../cases/media-clocks.ts';

function videoDts(timeline: Timeline, timestamps: readonly number[]): number[] {
  return timestamps.map((timestamp) => timeline.videoTime(timestamp, 0).dts);
}

describe('a clock that jumps', () => {
  const JUMPS: readonly (readonly [string, (ms: number) => number])[] = [
    ['10 s back', (ms) => ms - 10_000],
    ['to 0', (ms) => ms - 1_020_000],
    ['4 s on', (ms) => ms + 4_000],
    ['an hour on', (ms) => ms + 3_600_000],
    ['24 days on', (ms) => ms + 24 * 86_400_000],
    ['24 days back', (ms) => ms - 24 * 86_400_000],
  ];

  it.each(JUMPS)('%s has one jump, told by both tracks', (_name, jump) => {
    const timeline = new Timeline();
    const base = 1_000_000;
    const announce = (ms: number) => (ms < 20_000 ? base + ms : jump(base + ms));
    const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 40_000, announce }));
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1 });
    // Reported when three samples agree: one wrong timestamp is not a jump.
    const told = frames.filter(({ afterJump }) => afterJump).map(({ trueMs }) => trueMs);
    expect(told).toHaveLength(1);
    expect((told[0] ?? 0) - 20_000).toBeLessThanOrEqual(80);
    expectStrictlyIncreasing(frames);
    expectInStep(frames, 0);
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
  });

  it.each(JUMPS)(
    '%s has one jump when the audio tells it first and the video follows late',
    (_name, jump) => {
      const timeline = new Timeline();
      const base = 1_000_000;
      const announce = (ms: number, kind: string) =>
        ms < (kind === 'audio' ? 20_000 : 20_500) ? base + ms : jump(base + ms);
      const all = framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 40_000, announce });
      const isTorn = ({ kind, trueMs }: Frame) => kind === 'video' && trueMs >= 20_000 && trueMs < 20_500;
      // Video sent during the half second between still counts on the old clock.
      const frames = timed(timeline, all);
      expect(timeline.repairs).toMatchObject({ jumps: 1, nonMonotonic: 0 });
      expectInStep(
        frames.filter((frame) => !isTorn(frame)),
        0,
      );
      expectStrictlyIncreasing(frames);
    },
  );

  // At 20 000 ms the video reports the jump first, at 19 985 ms the audio.
  describe.each([20_000, 19_985])('at %i ms of tracks that count from different epochs', (jumpAtMs) => {
    it.each(JUMPS)('%s is one jump', (_name, jump) => {
      const timeline = new Timeline();
      const epoch = (kind: string) => (kind === 'audio' ? 1_000_000 : 500_000_000);
      const announce = (ms: number, kind: string) => {
        const time = epoch(kind) + ms;
        return ms < jumpAtMs ? time : jump(time);
      };
      const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 40_000, announce }));
      expect(timeline.repairs).toEqual({ ...NO_REPAIRS, epochShifts: 1, jumps: 1 });
      expectInStep(frames, 0);
    });
  });

  it.each([1, -1])(
    'keeps the tracks together when only one of them sees more than the limit (%i)',
    (sign) => {
      for (let overMs = -60; overMs <= 60; overMs += 10) {
        const timeline = new Timeline();
        const announce = (ms: number) => 1_000_000 + ms + (ms < 5_000 ? 0 : sign * (MAX_STEP_MS + overMs));
        const frames = timed(
          timeline,
          framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 14_000, announce }),
        );
        expect(timeline.repairs.jumps, `${overMs}`).toBeLessThanOrEqual(1);
        expectStrictlyIncreasing(frames);
        expectInStep(frames, 10_000);
      }
    },
  );

  it.each([
    { fps: 1, backMs: 500 },
    { fps: 5, backMs: 300 },
    { fps: 10, backMs: 101 },
    { fps: 10, backMs: 150 },
    { fps: 12, backMs: 160 },
    { fps: 24, backMs: 95 },
    { fps: 25, backMs: 85 },
    { fps: 50, backMs: 60 },
    { fps: 120, backMs: 40 },
  ])(
    'keeps $fps pictures a second and sound together when the clock goes back by $backMs ms',
    ({ fps, backMs }) => {
      for (const audio of [AUDIO_44100, AUDIO_48000]) {
        const announce = (ms: number) => ms + (ms < 1_500 ? 0 : -backMs);
        const frames = timed(new Timeline(), framesOf({ fps, audio, durationMs: 8_000, announce }), audio);
        expectStrictlyIncreasing(frames);
        expectInStep(frames, 4_000);
      }
    },
  );

  it('takes jump after jump', () => {
    const timeline = new Timeline();
    const offsets = [0, 50_000, -900_000, 3_000_000_000, 7];
    const announce = (ms: number) => 1_000_000 + ms + (offsets[Math.floor(ms / 10_000)] ?? 0);
    const frames = timed(
      timeline,
      framesOf({ fps: 30, audio: AUDIO_48000, durationMs: 50_000, announce }),
      AUDIO_48000,
    );
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 4 });
    expectStrictlyIncreasing(frames);
    expectInStep(frames, 0);
    expect(Math.max(...stepsMs(frames, 'video'))).toBeLessThanOrEqual(34);
  });

  it('does not take the pause before a jump for a frame', () => {
    const timeline = new Timeline();
    const dts = videoDts(timeline, [0, 40, 80, 2_980, 1_000_000, 1_000_040, 1_000_080]);
    expect((dts[4] ?? 0) - (dts[3] ?? 0)).toBe(40 * 90);
    expect((dts[5] ?? 0) - (dts[4] ?? 0)).toBe(40 * 90);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1 });
  });

  it('takes one step for a frame where nothing better is known', () => {
    const timeline = new Timeline();
    expect(videoDts(timeline, [0, 1_000_000])).toEqual([0, 33 * 90]);
  });
});

describe('tracks that part', () => {
  it.each([
    ['audio', 1_000_000, 500_000_000],
    ['audio, by more than half the clock', 0, 3_000_000_000],
    ['video', 500_000_000, 0],
  ])('brings the epochs of a source together that counts differently for %s', (_name, audioMs, videoMs) => {
    const timeline = new Timeline();
    const announce = (ms: number, kind: string) => ms + (kind === 'audio' ? audioMs : videoMs);
    const frames = timed(timeline, framesOf({ fps: 30, audio: AUDIO_44100, durationMs: 20_000, announce }));
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, epochShifts: 1 });
    expectInStep(frames, 0);
  });

  it.each(['audio', 'video'] as const)(
    'puts %s that comes back after a minute beside the other track',
    (silent) => {
      const timeline = new Timeline();
      const isLost = (ms: number, kind: string) => kind === silent && ms >= 10_000 && ms < 70_000;
      const frames = timed(
        timeline,
        framesOf({ fps: 30, audio: AUDIO_44100, durationMs: 90_000, announce: (ms) => ms, isLost }),
      );
      expectInStep(frames, 0);
      expect(timeline.repairs).toEqual({ ...NO_REPAIRS, audioResyncs: silent === 'audio' ? 1 : 0 });
      expect(frames.some(({ afterJump }) => afterJump)).toBe(false);
    },
  );

  it('puts audio that comes back after a jump beside the video', () => {
    const timeline = new Timeline();
    const isLost = (ms: number, kind: string) => kind === 'audio' && ms >= 10_000 && ms < 70_000;
    const announce = (ms: number) => 1_000_000 + ms - (ms < 30_000 ? 0 : 900_000);
    const frames = timed(
      timeline,
      framesOf({ fps: 30, audio: AUDIO_44100, durationMs: 90_000, announce, isLost }),
    );
    expectInStep(frames, 0);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1, audioResyncs: 1 });
  });

  it('takes a pause of both tracks for a jump: nothing tells it from one', () => {
    const timeline = new Timeline();
    const isLost = (ms: number) => ms >= 10_000 && ms < 20_000;
    const frames = timed(
      timeline,
      framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 30_000, announce: (ms) => ms, isLost }),
    );
    expect(timeline.repairs).toMatchObject({ jumps: 1 });
    expectInStep(frames, 20_000);
    expect(Math.max(...stepsMs(frames, 'video'))).toBeLessThanOrEqual(80);
  });

  it('does not take a jump back to where audio fell silent for a return to it', () => {
    const timeline = new Timeline();
    const isLost = (ms: number, kind: string) => kind === 'audio' && ms >= 10_000;
    const announce = (ms: number) => ms - (ms < 14_000 ? 0 : 4_000);
    const frames = timed(
      timeline,
      framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 20_000, announce, isLost }),
    );
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1 });
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
  });

  it('keeps the video going when audio comes back with a jump to where it fell silent', () => {
    const timeline = new Timeline();
    const isLost = (ms: number, kind: string) => kind === 'audio' && ms >= 10_000 && ms < 19_985;
    const announce = (ms: number) => 100_000 + ms - (ms < 19_985 ? 0 : 10_000);
    const frames = timed(
      timeline,
      framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 21_000, announce, isLost }),
    );
    expect(timeline.repairs).toMatchObject({ jumps: 1, nonMonotonic: 0 });
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
  });

  it('does not count as a resynchronization what the jump itself moved', () => {
    const timeline = new Timeline();
    for (const timestamp of [0, 21, 43, 64, 564, 1_000_000, 1_000_021, 1_000_043])
      timeline.audioTime(timestamp, AUDIO_48000);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1, audioResyncs: 1 });
  });
});
