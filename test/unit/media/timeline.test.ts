import { describe, expect, it } from 'vitest';
import { MAX_STEP_MS, Timeline } from '../../../server/media/timeline.ts';
import {
  AUDIO_8000,
  AUDIO_22050,
  AUDIO_44100,
  AUDIO_48000,
  expectInStep,
  expectStrictlyIncreasing,
  framesOf,
  NO_REPAIRS,
  SYNC_MS,
  shiftMs,
  stepsMs,
  timed,
} from '../../cases/media-clocks.ts';

const NTSC = 30_000 / 1_001;

function videoDts(timeline: Timeline, timestamps: readonly number[]): number[] {
  return timestamps.map((timestamp) => timeline.videoTime(timestamp, 0).dts);
}

describe('a steady clock', () => {
  it.each([
    ['zero', 0],
    ['the 24-bit boundary', 0xff_fffe - 1_000],
    ['the 31-bit wrap', 0x8000_0000 - 1_000],
    ['the 32-bit wrap', 0x1_0000_0000 - 1_000],
    ['0xFFFFF000', 0xffff_f000],
    ['a day', 86_400_000],
  ])('is exact across %s', (_name, startMs) => {
    const timeline = new Timeline();
    const frames = timed(
      timeline,
      framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 10_000, announce: (ms) => startMs + ms }),
    );
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
    const audio = frames.filter(({ kind }) => kind === 'audio');
    expect(audio.map(({ dts }) => dts - (audio[0]?.dts ?? 0))).toEqual(audio.map((_, at) => at * 1_024));
    expectInStep(frames, 0);
    const wraps = startMs < 0x1_0000_0000 && startMs + 10_000 > 0x1_0000_0000 ? 1 : 0;
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, wraps });
    expect(frames.some(({ afterJump }) => afterJump)).toBe(false);
  });

  it('is exact where an encoder wraps at 31 bits', () => {
    const timeline = new Timeline();
    const announce = (ms: number) => (0x8000_0000 - 1_000 + ms) % 0x8000_0000;
    const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 5_000, announce }));
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
    expectInStep(frames, 0);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, wraps: 1 });
  });

  it.each([
    ['31 bits', 0x8000_0000],
    ['32 bits', 0x1_0000_0000],
  ])('counts a wrap at %s once, also when the tracks cross it by turns', (_name, period) => {
    const timeline = new Timeline();
    const late = (kind: string) => (kind === 'audio' ? 200 : 0);
    const announce = (ms: number, kind: string) => (period - 1_000 + ms - late(kind)) % period;
    const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 3_000, announce }));
    expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([40]));
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, wraps: 1 });
  });

  it('counts every one of several wraps', () => {
    const timeline = new Timeline();
    // Around the clock in jumps of less than half of it, and past its end in one step.
    const round = [200, 0x4000_0000, 0x8000_0000, 0xc000_0000, 0xffff_ff00];
    for (const timestamp of [...round, ...round])
      for (let at = 0; at < 3; at += 1) timeline.videoTime((timestamp + 10 * at) >>> 0, 0);
    timeline.videoTime(300, 0);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, wraps: 2, jumps: 8 });
  });

  it('starts at its first timestamp, or at three seconds where that is later', () => {
    expect(videoDts(new Timeline(), [0])).toEqual([0]);
    expect(videoDts(new Timeline(), [500])).toEqual([45_000]);
    expect(videoDts(new Timeline(), [MAX_STEP_MS])).toEqual([270_000]);
    expect(videoDts(new Timeline(), [5_000_000])).toEqual([270_000]);
    expect(videoDts(new Timeline(), [0xffff_ffff])).toEqual([270_000]);
  });

  it.each([40, 1_000, 2_900])(
    'keeps the distance to a track that began %i ms earlier and comes later',
    (headMs) => {
      const timeline = new Timeline();
      const video = timeline.videoTime(100_000, 0).dts / 90;
      const audio = timeline.audioTime(100_000 - headMs, AUDIO_48000).dts / 48;
      expect(video - audio).toBe(headMs);
      expect(timeline.audioTime(100_000 - headMs + 21, AUDIO_48000).dts / 48 - audio).toBeCloseTo(21.333, 2);
      expect(timeline.videoTime(100_040, 0).dts / 90 - video).toBe(40);
      expect(timeline.repairs).toEqual(NO_REPAIRS);
    },
  );

  it('puts a track that appears after half a minute where it belongs', () => {
    const timeline = new Timeline();
    const isLost = (ms: number, kind: string) => kind === 'video' && ms < 30_000;
    const frames = timed(
      timeline,
      framesOf({ fps: 30, audio: AUDIO_44100, durationMs: 40_000, announce: (ms) => ms, isLost }),
    );
    expectInStep(frames, 0);
    expect(timeline.repairs).toEqual(NO_REPAIRS);
  });

  it('keeps 29.97 pictures a second and 44.1 kHz together for twenty minutes', () => {
    const timeline = new Timeline();
    const frames = timed(
      timeline,
      framesOf({ fps: NTSC, audio: AUDIO_44100, durationMs: 1_200_000, announce: (ms) => ms }),
    );
    const shifts = frames.map(shiftMs);
    expect(shifts.reduce((most, shift) => Math.max(most, Math.abs(shift)), 0)).toBeLessThanOrEqual(1);
    expect(timeline.repairs).toEqual(NO_REPAIRS);
  });
});

describe('video that does not advance', () => {
  it.each([
    ['a duplicate', [0, 40, 40, 80], [0, 40, 60, 80], 1],
    ['many duplicates', [0, 40, 40, 40, 40, 80], [0, 40, 60, 70, 75, 80], 3],
    ['one millisecond back', [0, 40, 39, 80], [0, 40, 60, 80], 1],
    ['a frozen clock', [7, 7, 7, 7], [7, 23, 31, 35], 3],
    ['a zero in between', [2_860, 2_900, 0, 2_980], [2_860, 2_900, 2_940, 2_980], 1],
  ])('is put between its neighbours at %s', (_name, timestamps, expectedMs, nonMonotonic) => {
    const timeline = new Timeline();
    expect(videoDts(timeline, timestamps).map((dts) => dts / 90)).toEqual(expectedMs);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, nonMonotonic });
  });
});

describe.each([
  ['both tracks', ['video', 'audio']],
  ['the video', ['video']],
  ['the sound', ['audio']],
])('a clock step back of %s', (_name, kinds) => {
  it.each([[100], [200], [1_000], [2_500], [2_990]])('of %i ms squeezes nothing and is no jump', (backMs) => {
    const timeline = new Timeline();
    const announce = (ms: number, kind: string) =>
      5_000 + ms - (ms >= 10_000 && kinds.includes(kind) ? backMs : 0);
    const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 20_000, announce }));
    expect(Math.min(...stepsMs(frames, 'video'))).toBeGreaterThanOrEqual(20);
    expect(Math.min(...stepsMs(frames, 'audio'))).toBeGreaterThanOrEqual(11);
    expect(frames.some(({ afterJump }) => afterJump)).toBe(false);
    expect(timeline.repairs).toMatchObject({ jumps: 0, restamped: 0 });
    if (backMs > 100) expectInStep(frames, 0);
  });

  it('again and again, each time farther, squeezes nothing', () => {
    const timeline = new Timeline();
    const backMs = [0, 100, 300, 700, 1_500, 3_100, 6_000];
    const announce = (ms: number, kind: string) =>
      10_000 + ms - (kinds.includes(kind) ? (backMs[Math.floor(ms / 5_000)] ?? 0) : 0);
    const frames = timed(timeline, framesOf({ fps: 25, audio: AUDIO_44100, durationMs: 35_000, announce }));
    expect(Math.min(...stepsMs(frames, 'video'))).toBeGreaterThanOrEqual(20);
    expect(Math.min(...stepsMs(frames, 'audio'))).toBeGreaterThanOrEqual(11);
    expect(timeline.repairs).toMatchObject({ jumps: 0 });
  });
});

describe('single wild timestamps', () => {
  const HOURS = 3 * 3_600_000;
  it.each<[string, string, (frame: number) => boolean]>([
    ['every sixtieth picture', 'video', (frame) => frame % 60 === 59],
    ['two pictures in a row', 'video', (frame) => frame % 60 >= 58],
    ['every sixtieth frame of sound', 'audio', (frame) => frame % 60 === 59],
  ])('%s keeps its place and is counted', (_name, wildKind, isWild) => {
    for (const [sign, alone] of [
      [1, false],
      [-1, false],
      [1, true],
    ] as const) {
      const counts = { video: 0, audio: 0 };
      let wild = 0;
      const announce = (ms: number, kind: string) => {
        const at = kind === 'video' ? counts.video++ : counts.audio++;
        if (kind !== wildKind || !isWild(at)) return 50_000_000 + ms;
        wild += 1;
        return 50_000_000 + ms + sign * HOURS;
      };
      const timeline = new Timeline();
      const tracks = {
        ...(alone && wildKind === 'audio' ? {} : { fps: 30 }),
        ...(alone && wildKind === 'video' ? {} : { audio: AUDIO_44100 }),
      };
      const frames = timed(timeline, framesOf({ ...tracks, durationMs: 20_500, announce }));
      expect(frames.some(({ afterJump }) => afterJump)).toBe(false);
      expectInStep(frames, 0);
      expect(timeline.repairs).toEqual({ ...NO_REPAIRS, restamped: wild });
    }
  });
});

describe('pictures that come slowly', () => {
  it.each([1_000, 4_000, 5_000, 10_000])('one in %i ms keeps its time, alone and beside sound', (stepMs) => {
    for (const audio of [undefined, AUDIO_44100]) {
      const timeline = new Timeline();
      const source = { fps: 1_000 / stepMs, durationMs: 60_000, announce: (ms: number) => ms };
      const frames = timed(timeline, framesOf({ ...source, ...(audio === undefined ? {} : { audio }) }));
      expect(new Set(stepsMs(frames, 'video'))).toEqual(new Set([stepMs]));
      expect(timeline.repairs).toEqual(NO_REPAIRS);
    }
  });

  it('a camera that slows down from 25 a second to one in 5 s is on time again after two of them', () => {
    const times = [...Array.from({ length: 50 }, (_, at) => at * 40), 7_000, 12_000, 17_000, 22_000];
    const timeline = new Timeline();
    expect(
      videoDts(timeline, times)
        .slice(-3)
        .map((dts) => dts / 90),
    ).toEqual([12_000, 17_000, 22_000]);
    expect(timeline.repairs).toMatchObject({ jumps: 0 });
  });
});

describe('composition offsets', () => {
  it.each([-900, -33, 0, 1, 33, 200, 5_000])('keeps %i ms', (offsetMs) => {
    const timeline = new Timeline();
    const { dts, pts } = timeline.videoTime(1_000, offsetMs);
    expect(pts - dts).toBe(offsetMs * 90);
    expect(timeline.repairs).toEqual(NO_REPAIRS);
  });

  it.each([-8_388_608, -5_001, 5_001, 8_388_607])('takes %i ms for none, and counts it', (offsetMs) => {
    const timeline = new Timeline();
    const { dts, pts } = timeline.videoTime(1_000, offsetMs);
    expect(pts).toBe(dts);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, badCompositionOffsets: 1 });
  });
});

describe('the audio sample clock', () => {
  const TRACKS = [AUDIO_8000, AUDIO_22050, AUDIO_44100, AUDIO_48000];

  it.each(TRACKS)('counts $timescale Hz frame by frame under rounded timestamps', (audio) => {
    for (const round of [Math.floor, Math.round, Math.ceil]) {
      const timeline = new Timeline();
      const announce = (ms: number) => 5_000 + round(ms);
      const frames = timed(timeline, framesOf({ audio, durationMs: 60_000, announce }), audio);
      const first = frames[0]?.dts ?? 0;
      expect(frames.every(({ dts, pts }, at) => dts === first + at * 1_024 && pts === dts)).toBe(true);
      expect(timeline.repairs).toEqual(NO_REPAIRS);
    }
  });

  it('has gathered no error after ten hours', () => {
    const timeline = new Timeline();
    const frames = (10 * 3_600 * 44_100) / 1_024;
    let dts = 0;
    let at = 0;
    for (; at < frames; at += 1) {
      dts = timeline.audioTime(Math.round((at * 1_024_000) / 44_100), AUDIO_44100).dts;
    }
    expect(dts).toBe((at - 1) * 1_024);
    expect(timeline.repairs).toEqual(NO_REPAIRS);
  });

  it.each([2, 4, 5, 8])('settles on timestamps that come in bunches of %i', (size) => {
    const timeline = new Timeline();
    const frameMs = 1_024 / 48;
    const bunch = size * frameMs;
    const announce = (ms: number) => 5_000 + Math.floor((ms + 0.001) / bunch) * bunch;
    const frames = timed(
      timeline,
      framesOf({ audio: AUDIO_48000, durationMs: 60_000, announce }),
      AUDIO_48000,
    );
    expectStrictlyIncreasing(frames);
    const { audioResyncs } = timeline.repairs;
    expect(audioResyncs).toBeLessThanOrEqual(8);
    const late = frames.slice(-1_000);
    expect(new Set(stepsMs(late, 'audio').map((step) => step.toFixed(3)))).toEqual(new Set(['21.333']));
    expect(Math.abs(shiftMs(late[0] ?? late[1] ?? failed()) - 3_000)).toBeLessThan(bunch);
  });

  it.each([
    ['fast', 1.001],
    ['slow', 0.999],
  ])('follows an encoder whose clock is a thousandth too %s', (_name, pace) => {
    const timeline = new Timeline();
    const frames = timed(
      timeline,
      framesOf({ audio: AUDIO_48000, durationMs: 600_000, announce: (ms) => ms * pace }),
      AUDIO_48000,
    );
    const farthest = frames.reduce(
      (most, { dtsMs, timestamp }) => Math.max(most, Math.abs(dtsMs - timestamp)),
      0,
    );
    expect(farthest).toBeLessThan(2 * SYNC_MS);
    expectStrictlyIncreasing(frames);
    const { audioResyncs } = timeline.repairs;
    // 600 ms in corrections of about half a frame.
    expect(audioResyncs).toBeGreaterThan(20);
    expect(audioResyncs).toBeLessThan(80);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, audioResyncs });
  });

  it.each([150, 500, 2_500])('leaves a gap of %i ms where it was', (gapMs) => {
    const timeline = new Timeline();
    const isLost = (ms: number) => ms > 10_000 && ms < 10_000 + gapMs;
    const frames = timed(
      timeline,
      framesOf({ audio: AUDIO_48000, durationMs: 20_000, announce: (ms) => ms, isLost }),
      AUDIO_48000,
    );
    expect(Math.abs(shiftMs(frames.at(-1) ?? failed()))).toBeLessThanOrEqual(1);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, audioResyncs: 1 });
  });

  it.each([1, 50, 90, 150, 1_000, 2_900])('never goes back where timestamps go back by %i ms', (backMs) => {
    const timeline = new Timeline();
    const announce = (ms: number) => 5_000 + ms - (ms < 10_000 ? 0 : backMs);
    const frames = timed(
      timeline,
      framesOf({ audio: AUDIO_48000, durationMs: 60_000, announce }),
      AUDIO_48000,
    );
    expectStrictlyIncreasing(frames);
    const last = frames.at(-1) ?? failed();
    // A short step is made up slowly. After more than a gap's length the sound continues as if there had been no step.
    const keptMs = backMs > 100 ? backMs : 0;
    expect(Math.abs(last.dtsMs - (last.timestamp - 2_000) - keptMs)).toBeLessThan(SYNC_MS);
    expect(timeline.repairs).toMatchObject({ jumps: 0 });
  });

  it('does not count the resynchronization that a jump brings', () => {
    const timeline = new Timeline();
    const announce = (ms: number) => ms + (ms < 10_000 ? 0 : 100_000);
    timed(timeline, framesOf({ audio: AUDIO_48000, durationMs: 20_000, announce }), AUDIO_48000);
    expect(timeline.repairs).toEqual({ ...NO_REPAIRS, jumps: 1 });
  });

  it('keeps its place when the sample rate changes', () => {
    const timeline = new Timeline();
    const before = timed(timeline, framesOf({ audio: AUDIO_44100, durationMs: 1_000, announce: (ms) => ms }));
    const last = before.at(-1) ?? failed();
    timeline.rescaleAudio(44_100, 48_000);
    const next = timeline.audioTime(Math.round(last.trueMs + 1_024 / 44.1), AUDIO_48000);
    expect(next.dts / 48 - last.dtsMs).toBeCloseTo(1_024 / 48, 1);
    expect(timeline.repairs).toEqual(NO_REPAIRS);
  });

  it('has no place to keep when the sample rate changes before the first frame', () => {
    const timeline = new Timeline();
    timeline.rescaleAudio(44_100, 48_000);
    expect(timeline.audioTime(1_000, AUDIO_48000).dts).toBe(48_000);
  });
});

function failed(): never {
  throw new RangeError('the source sent nothing');
}
