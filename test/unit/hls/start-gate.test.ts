import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, BlockPool } from '../../../server/hls/part-arena.ts';
import { type GateResult, StartGate } from '../../../server/hls/start-gate.ts';
import type { SourceHints } from '../../../server/live/sink.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';
import type { Track } from '../../../server/media/track.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  timeOf,
  videoSamples,
} from '../../support/samples.ts';

const audio = testAudioTrack();
const video = testVideoTrack();
const NOW_MS = 5_000_000;

/** Passes samples to the gate, each at its arrival time, until the gate opens. */
function feed(
  samples: readonly Sample[],
  options: { tracks?: readonly Track[]; hints?: SourceHints } = {},
): { result: GateResult | undefined; after: number; gate: StartGate } {
  const gate = new StartGate(options.hints ?? {});
  for (const track of options.tracks ?? [video, audio]) gate.setTrack(track);
  for (const [at, sample] of samples.entries()) {
    const result = gate.push(sample, NOW_MS + timeOf(sample, audio) * 1000);
    if (result !== undefined) return { result, after: at + 1, gate };
  }
  return { result: undefined, after: samples.length, gate };
}

const frames = (seconds: number, fps = 25, shape = {}): Sample[] =>
  videoSamples({ seconds, stepsMs: [1000 / fps], gopFrames: [fps], ...shape });
const sound = (seconds: number, startMs = 0): Sample[] => audioSamples({ seconds, track: audio, startMs });
const kinds = (result: GateResult | undefined): string[] => result?.tracks.map((track) => track.kind) ?? [];

describe('start gate', () => {
  it('opens after five frames when everything that was announced is there', () => {
    const { result } = feed(interleave(frames(3), sound(3), audio), {
      hints: { hasVideo: true, hasAudio: true },
    });
    expect(kinds(result)).toEqual(['video', 'audio']);
    expect(result?.samples.filter((sample) => sample.kind === 'video')).toHaveLength(5);
    expect(result?.frameDuration).toBe(ticksOfSeconds(1 / 25));
    expect(result?.originMs).toBe(NOW_MS);
  });

  it('needs no metadata', () => {
    const { result } = feed(interleave(frames(3), sound(3), audio));
    expect(kinds(result)).toEqual(['video', 'audio']);
    expect(result?.start).toBe(0);
  });

  it.each([
    ['video alone, announced so', frames(3), [video], { hasVideo: true, hasAudio: false }, ['video'], 0.2],
    ['video alone, unannounced', frames(3), [video], {}, ['video'], 1.1],
    ['audio alone, announced so', sound(3), [audio], { hasVideo: false, hasAudio: true }, ['audio'], 0.2],
    ['audio alone, unannounced', sound(3), [audio], {}, ['audio'], 1.1],
    ['audio alone, although video was promised', sound(3), [audio], { hasVideo: true }, ['audio'], 1.1],
    ['video alone, although audio was promised', frames(3), [video], { hasAudio: true }, ['video'], 1.1],
    ['audio, with a video configuration that no frame follows', sound(6), [video, audio], {}, ['audio'], 3.1],
    [
      'video, with an audio configuration that no frame follows',
      frames(6),
      [video, audio],
      {},
      ['video'],
      3.1,
    ],
    [
      'both, although metadata knew of audio only',
      interleave(frames(3), sound(3), audio),
      [video, audio],
      { hasVideo: false },
      ['video', 'audio'],
      0.2,
    ],
  ] as const)('plays %s', (_what, samples, tracks, hints, expected, withinS) => {
    const { result } = feed(samples, { tracks, hints });
    expect(kinds(result)).toEqual(expected);
    const last = Math.max(...(result?.samples.map((sample) => timeOf(sample, audio)) ?? [99]));
    expect(last).toBeLessThanOrEqual(withinS);
  });

  it('waits for audio that starts a little later', () => {
    const { result } = feed(interleave(frames(3), sound(3, 600), audio), {
      hints: { hasVideo: true, hasAudio: true },
    });
    expect(kinds(result)).toEqual(['video', 'audio']);
  });

  it('keeps of early audio what is heard with the first picture', () => {
    const late = frames(3, 25, { startMs: 700 });
    const { result } = feed(interleave(late, sound(3), audio), { hints: { hasVideo: true, hasAudio: true } });
    const first = result?.samples.find((sample) => sample.kind === 'audio');
    expect(result?.start).toBe(ticksOfSeconds(0.7));
    expect(first && (first.dts + 1024) / 48_000).toBeGreaterThan(0.7);
    expect(first && first.dts / 48_000).toBeLessThanOrEqual(0.7);
  });

  it('starts at the first key frame when it comes in the middle', () => {
    const middle = frames(6, 25, { startsInSync: false, gopFrames: [60] });
    const { result } = feed(interleave(middle, sound(6), audio));
    expect(result?.start).toBe(ticksOfSeconds(2.4));
    expect(result?.samples[0]?.kind === 'audio' || result?.samples[0]?.isSync).toBe(true);
  });

  it('holds no memory while no key frame comes', () => {
    const never = frames(60, 25, { startsInSync: false, gopFrames: [100_000], frameBytes: 40_000 });
    const { result, gate } = feed(
      interleave(never, audioSamples({ seconds: 60, track: audio, frameBytes: 400 }), audio),
    );
    expect(result).toBeUndefined();
    expect(gate.holds('video')).toBe(false);
    expect(gate.finish()?.samples.length).toBeLessThan(10);
  });

  it('opens early when frames are as large as memory allows', () => {
    const large = frames(3, 25, { frameBytes: 3 * 1024 * 1024, keyFrameBytes: 3 * 1024 * 1024 });
    expect(feed(large).after).toBe(3);
  });

  it('is not led astray by a second frame that comes late', () => {
    const late = frames(3, 25, { stepsMs: [640, ...Array.from({ length: 80 }, () => 40)] });
    const { result } = feed(late, { tracks: [video], hints: { hasAudio: false } });
    expect(result?.frameDuration).toBe(ticksOfSeconds(1 / 25));
  });

  it('takes two distances for the frame rate where frames are rare', () => {
    expect(feed(frames(9, 1), { tracks: [video], hints: { hasAudio: false } }).result?.frameDuration).toBe(
      ticksOfSeconds(1),
    );
    const lone = interleave(frames(9, 0.2), sound(9), audio);
    expect(feed(lone).result?.frameDuration).toBe(ticksOfSeconds(1 / 30));
  });

  it('dates the source by the sample that was least delayed', () => {
    const gate = new StartGate({ hasAudio: false });
    gate.setTrack(video);
    const delays = [300, 120, 40, 90, 200];
    const results = frames(1)
      .slice(0, 5)
      .map((sample, at) => gate.push(sample, NOW_MS + at * 40 + (delays[at] ?? 0)));
    expect(results.at(-1)?.originMs).toBe(NOW_MS + 40);
  });

  it.each([
    ['half a second of it', 0.48, 14],
    ['almost a second of it', 0.96, 26],
    ['but not of whole segments', 6, 26],
  ])('waits for the end of what comes faster than time: %s', (_what, burstS, opensAfter) => {
    const gate = new StartGate({ hasAudio: false });
    gate.setTrack(video);
    let result: GateResult | undefined;
    for (const sample of frames(70)) {
      const time = timeOf(sample, audio);
      result ??= gate.push(sample, NOW_MS + Math.max(time - burstS, 0) * 1000);
    }
    expect(result?.samples).toHaveLength(opensAfter);
    expect(result?.start).toBe(0);
    // The last picture is from now; the media sent ahead of it is older.
    if (burstS < 1) expect(result?.originMs).toBeCloseTo(NOW_MS - burstS * 1000, 3);
  });

  it('drops what was coded before a configuration changed', () => {
    const gate = new StartGate({});
    gate.setTrack(audio);
    for (const sample of sound(0.5)) gate.push(sample, NOW_MS);
    gate.setTrack(testAudioTrack(44_100));
    expect(gate.finish()).toBeUndefined();
  });

  it('keeps its samples in blocks of the pool, and returns them', () => {
    const pool = new BlockPool(64 * BLOCK_BYTES);
    const gate = new StartGate({}, undefined, pool);
    gate.setTrack(video);
    let result: GateResult | undefined;
    for (const sample of frames(3)) {
      result ??= gate.push(
        { ...sample, data: Buffer.alloc(100_000, 7) },
        NOW_MS + timeOf(sample, audio) * 1000,
      );
    }
    expect(result?.samples.every(({ data }) => data.equals(Buffer.alloc(100_000, 7)))).toBe(true);
    const { usedBytes } = gate;
    expect(usedBytes).toBeGreaterThan((result?.samples.length ?? 0) * 100_000);
    const before = pool.pooledBytes;
    gate.release();
    expect(gate.usedBytes).toBe(0);
    expect(pool.pooledBytes - before).toBeGreaterThan((result?.samples.length ?? 0) * 100_000);
  });

  it('does not keep the data of sound that is dropped before the first key frame', () => {
    const gate = new StartGate({ hasVideo: true, hasAudio: true });
    gate.setTrack(video);
    gate.setTrack(audio);
    let most = 0;
    const pictures = frames(20).map((sample) => ({ ...sample, isSync: false }));
    for (const sample of interleave(pictures, sound(20), audio)) {
      gate.push({ ...sample, data: Buffer.alloc(20_000) }, NOW_MS + timeOf(sample, audio) * 1000);
      most = Math.max(most, gate.usedBytes);
    }
    expect(most).toBeLessThan(8 * BLOCK_BYTES);
  });
});
