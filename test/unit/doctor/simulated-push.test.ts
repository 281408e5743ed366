// What the doctor says of whole pushes on a simulated clock: each fault raises its issue alone, and a well-set push raises none.
import { expect, test } from 'vitest';
import { type BpmReport, bpmNalUnits } from '../../../server/codec/bpm.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import {
  asTrack,
  audioSamples,
  constantRate,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';
import { type Arrival, arriving, EPOCH_MS, SimulatedPush } from './simulated-push.ts';

const VIDEO = testVideoTrack();
const AUDIO = testAudioTrack();
const TRACKS = [VIDEO, AUDIO];
const SECONDS = 60;

const pictures = (shape: Partial<Parameters<typeof videoSamples>[0]> = {}) =>
  videoSamples({ ...constantRate(30, 2, SECONDS), frameBytes: 9_000, keyFrameBytes: 40_000, ...shape });
const sound = (startMs = 0) => audioSamples({ seconds: SECONDS, track: AUDIO, startMs });

function pushOf(
  video: readonly Arrival[],
  audio: readonly Arrival[],
  untilMs = SECONDS * 1_000,
): SimulatedPush {
  const push = new SimulatedPush();
  push.start(TRACKS, { hasVideo: true, hasAudio: true, frameRate: 30, width: 1280, height: 720 });
  push.run([...video, ...audio], untilMs);
  return push;
}

const onTime = (samples: readonly Sample[]) => arriving(samples, 90);
const soundOnTime = (samples: readonly Sample[] = sound()) => arriving(samples, 48);

test('a well-set push raises nothing in ten minutes, and its measures are near zero', () => {
  const seconds = 600;
  const video = videoSamples({
    ...constantRate(30, 2, seconds),
    frameBytes: 9_000,
    keyFrameBytes: 40_000,
    jitterMs: [0, 1, 2],
  });
  const audio = audioSamples({ seconds, track: AUDIO });
  const push = pushOf(onTime(video), soundOnTime(audio), seconds * 1_000);
  expect(push.raised).toEqual([]);
  expect(push.health).toMatchObject({ verdict: 'good', issues: [] });
  const { jitterMs = 99, driftMs = 999, avOffsetMs = 999 } = push.measure();
  expect(jitterMs).toBeLessThan(1);
  expect(Math.abs(driftMs)).toBeLessThan(5);
  expect(Math.abs(avOffsetMs)).toBeLessThan(40);
});

test.each([
  ['gopLong', pictures({ gopFrames: [250] })],
  ['gopShort', pictures({ gopFrames: [10] })],
  ['gopVariable', pictures({ gopFrames: [60, 17, 60, 43, 25] })],
  ['framesDropped', pictures({ stepsMs: [33, 33, 34, 33, 33, 67] })],
  ['bFrames', pictures({ compositionFrames: 2 })],
  [
    'bitrateUnstable',
    pictures().map((sample, at) => ({
      ...sample,
      data: Buffer.alloc(Math.floor(at / 240) % 2 === 0 ? 2_000 : 20_000),
    })),
  ],
])('%s alone is raised', (code, samples) => {
  const push = pushOf(onTime(samples), soundOnTime());
  expect(push.raised).toEqual([code]);
  expect(push.issues.map((issue) => issue.code)).toEqual([code]);
});

test.each([24, 25, 29.97, 50, 59.94, 60, 120])('%f pictures a second are a steady rate', (fps) => {
  const push = pushOf(
    onTime(videoSamples({ ...constantRate(fps, 2, 30), frameBytes: 12_000 })),
    soundOnTime(),
    30_000,
  );
  expect(push.facts?.pictures?.fps).toBeCloseTo(fps, 0);
  expect(push.facts?.pictures?.missingShare).toBe(0);
});

test('pictures without a steady rate have none missing', () => {
  const push = pushOf(onTime(pictures({ stepsMs: [33, 50, 67, 90, 41, 110] })), soundOnTime());
  expect(push.facts?.pictures?.missingShare).toBeUndefined();
  expect(push.raised).not.toContain('framesDropped');
});

test('sound that is 700 ms ahead or behind is an error, and is measured', () => {
  for (const [shiftMs, offsetMs] of [
    [-700, 700],
    [700, -700],
  ] as const) {
    const late = arriving(sound(), 48, (mediaMs) => Math.max(mediaMs + shiftMs, 0));
    const push = pushOf(onTime(pictures()), late, 50_000);
    expect(push.raised).toEqual(['avDrift']);
    expect(push.issues[0]?.severity).toBe('error');
    expect(Math.abs((push.measure().avOffsetMs ?? 0) - offsetMs)).toBeLessThan(60);
  }
});

test('an upload that is too slow is raised, and cleared once it has caught up, although that is fast', () => {
  // Half as fast for 20 s, then all that waited within 5 s, then in time.
  const at = (mediaMs: number): number => {
    if (mediaMs < 10_000) return mediaMs * 2;
    return Math.max(mediaMs, 20_000 + (mediaMs - 10_000) / 3);
  };
  const push = pushOf(arriving(pictures(), 90, at), arriving(sound(), 48, at));
  expect(push.raised).toEqual(['videoStarved']);
  expect(push.cleared).toEqual(['videoStarved']);
  expect(push.issues).toEqual([]);
});

test('an upload that was too slow from the start is not too fast while it catches up', () => {
  const at = (mediaMs: number): number =>
    mediaMs < 8_000 ? mediaMs * 3 : Math.max(mediaMs, 24_000 + (mediaMs - 8_000) / 2);
  const push = pushOf(arriving(pictures(), 90, at), arriving(sound(), 48, at));
  expect(push.raised).toEqual(['videoStarved']);
});

test('a file that is sent too fast is raised, but a burst at the start is not', () => {
  const fast = (mediaMs: number): number => mediaMs / 4;
  const push = pushOf(arriving(pictures(), 90, fast), arriving(sound(), 48, fast), 14_000);
  expect(push.raised).toContain('fasterThanRealtime');
  const burst = (mediaMs: number): number => Math.max(mediaMs - 8_000, 0);
  const calm = pushOf(arriving(pictures(), 90, burst), arriving(sound(), 48, burst), 50_000);
  expect(calm.raised).toEqual([]);
  expect(calm.measure().driftMs).toBeGreaterThan(7_500);
});

test('slow pictures alone are neither slow nor fast', () => {
  const push = new SimulatedPush();
  push.start([VIDEO], { hasVideo: true, hasAudio: false });
  push.run(onTime(pictures({ stepsMs: [2_000], gopFrames: [1] })), SECONDS * 1_000);
  expect(push.raised.filter((code) => code === 'videoStarved' || code === 'fasterThanRealtime')).toEqual([]);
});

test('an upload that stops is too slow', () => {
  const push = pushOf(
    onTime(pictures()).filter(({ atMs }) => atMs < 20_000),
    soundOnTime().filter(({ atMs }) => atMs < 20_000),
    35_000,
  );
  expect(push.raised).toEqual(['videoStarved']);
  expect(push.measure().driftMs).toBeLessThan(-14_000);
});

test('jitter grows with irregular arrival (RFC 3550)', () => {
  const shaken = arriving(pictures(), 90, (mediaMs) => mediaMs + (Math.round(mediaMs / 33) % 2) * 20);
  expect(pushOf(shaken, soundOnTime()).measure().jitterMs).toBeGreaterThan(15);
});

test('a jump of the clock is raised, and is forgotten after half a minute', () => {
  const push = new SimulatedPush();
  push.start(TRACKS);
  const samples = [...onTime(pictures()), ...soundOnTime()];
  push.run(samples, SECONDS * 1_000, (nowMs) => {
    if (nowMs === 10_000) push.source.repairs.jumps += 1;
  });
  expect(push.raised).toEqual(['timestampJump']);
  expect(push.cleared).toEqual(['timestampJump']);
});

test('timestamps that step forward while no time passes are a jump, and no lost pictures', () => {
  const jumped = pictures().map((sample, at) => ({ ...sample, dts: sample.dts + (at > 600 ? 180_000 : 0) }));
  const arrivals = jumped.map((sample, at) => ({ sample, atMs: (at * 1000) / 30 }));
  const audio = sound().map((sample, at) => ({
    sample: { ...sample, dts: sample.dts + (at > 938 ? 96_000 : 0) },
    atMs: (at * 1024) / 48,
  }));
  expect(pushOf(arrivals, audio).raised).toEqual(['timestampJump']);
});

test('a source without pictures or without sound, after five seconds', () => {
  const deaf = new SimulatedPush();
  deaf.start([VIDEO]);
  deaf.run(onTime(pictures()), 20_000);
  expect(deaf.raised).toEqual(['noAudio']);
  const blind = new SimulatedPush();
  blind.start([AUDIO]);
  blind.run(soundOnTime(), 20_000);
  expect(blind.issues).toMatchObject([{ code: 'noVideo', severity: 'warning' }]);
});

test('another picture size is told for a minute', () => {
  const push = new SimulatedPush();
  push.start(TRACKS);
  const samples = [...onTime(pictures()), ...soundOnTime()];
  push.run(samples, 100_000, (nowMs) => {
    if (nowMs === 10_000) push.file.watch.onTrack(testVideoTrack({ width: 640 }));
  });
  expect(push.raised).toContain('resolutionChanged');
  expect(push.cleared).toContain('resolutionChanged');
});

test('an issue lasts over a reconnection, and is cleared by the new source', () => {
  const push = pushOf(onTime(pictures({ gopFrames: [250] })), soundOnTime(), 20_000);
  expect(push.raised).toEqual(['gopLong']);
  push.leave();
  push.run([], 25_000);
  expect(push.health).toMatchObject({ verdict: 'noData', issues: [{ code: 'gopLong' }] });
  push.start(TRACKS);
  const later = (mediaMs: number): number => mediaMs + 25_000;
  push.run([...arriving(pictures(), 90, later), ...arriving(sound(), 48, later)], 50_000);
  expect(push.cleared).toEqual(['gopLong']);
  expect(push.health).toMatchObject({ verdict: 'good', issues: [] });
});

test('another first track of pictures begins anew, and is no slow upload', () => {
  const push = new SimulatedPush();
  push.start([VIDEO], { hasVideo: true, hasAudio: false });
  const later = asTrack(pictures(), 1).filter(({ dts }) => dts >= 20_000 * 90);
  const first = pictures().filter(({ dts }) => dts < 20_000 * 90);
  push.run(onTime([...first, ...later]), SECONDS * 1_000, (nowMs) => {
    if (nowMs === 20_000) push.start([testVideoTrack({ number: 1 })], { hasVideo: true, hasAudio: false });
  });
  expect(push.raised).toEqual(['noAudio']);
  expect(push.facts?.pictures?.keys.count).toBeGreaterThan(10);
});

/** Pictures whose key frames say how the encoder fares, from counts of the time since the key frame before. */
function talking(counts: (mediaMs: number) => BpmReport['counts'], clockErrorMs = 0): Arrival[] {
  return onTime(pictures()).map((arrival) => {
    if (!arrival.sample.isSync) return arrival;
    const sentAt = EPOCH_MS + arrival.atMs - 30 + clockErrorMs;
    const times = { composedAt: sentAt - 200, interleavedAt: sentAt };
    const units = bpmNalUnits({ times, counts: counts(arrival.atMs) });
    return { ...arrival, sample: { ...arrival.sample, data: accessUnit(4, [...units, nalUnit(NAL.idr)]) } };
  });
}
const ALL = { rendered: 60, input: 60, output: 60 };

test.each([
  ['renderLag', { lagged: 5 }],
  ['encoderOverload', { skipped: 5 }],
  ['networkDrops', { dropped: 5 }],
])('an encoder that says what it loses raises %s, which is cleared when it loses no more', (code, lost) => {
  const counts = (mediaMs: number) => (mediaMs < 15_000 ? { ...ALL, ...lost } : ALL);
  const push = pushOf(talking(counts), soundOnTime());
  expect([push.raised, push.cleared]).toEqual([[code], [code]]);
});

test('an encoder that says that all is well raises nothing, and tells when its pictures were made', () => {
  const push = pushOf(
    talking(() => ALL),
    soundOnTime(),
  );
  expect(push.raised).toEqual([]);
  expect(push.facts?.encoderReport).toEqual({
    ...{ rendered: 900, lagged: 0, input: 900, skipped: 0, output: 900, dropped: 0 },
    ...{ encodeMs: 200, captureMs: 230 },
  });
});

test('counts of the time before this source do not count', () => {
  const first = { rendered: 99_000, lagged: 90_000, input: 99_000, output: 99_000 };
  const push = pushOf(
    talking((mediaMs) => (mediaMs === 0 ? first : ALL)),
    soundOnTime(),
  );
  expect(push.raised).toEqual([]);
});

test.each([5_000, -60_000])(
  'a clock that is wrong by %s ms gives no time from capture to arrival',
  (errorMs) => {
    const push = pushOf(
      talking(() => ALL, errorMs),
      soundOnTime(),
    );
    expect(push.facts?.encoderReport).toMatchObject({ encodeMs: 200, clocksDisagree: true });
    expect(push.facts?.encoderReport).not.toHaveProperty('captureMs');
  },
);

test('another source starts anew, and one that says nothing has no report', () => {
  const push = pushOf(
    talking(() => ({ ...ALL, lagged: 20 })),
    soundOnTime(),
    20_000,
  );
  expect(push.raised).toEqual(['renderLag']);
  push.leave();
  expect(push.file.encoderReport).toBeUndefined();
  push.start(TRACKS);
  push.run(
    arriving(pictures(), 90, (mediaMs) => mediaMs + 20_000),
    30_000,
  );
  expect(push.facts?.encoderReport).toBeUndefined();
  expect(push.cleared).toEqual(['renderLag']);
});
