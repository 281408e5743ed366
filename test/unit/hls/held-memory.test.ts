import { describe, expect, it } from 'vitest';
import type { HlsOutputOptions } from '../../../server/hls/hls-output-options.ts';
import { MediaBudget } from '../../../server/hls/media-budget.ts';
import { BLOCK_BYTES, BlockPool } from '../../../server/hls/part-arena.ts';
import { StillPicture } from '../../../server/hls/still-picture.ts';
import { secondsOf } from '../../../server/media/ticks.ts';
import { clockOf } from '../../support/clock.ts';
import { HlsScript } from '../../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';

const KIB = 1024;

describe('memory of a stream', () => {
  it.each([
    ['2.5 Mbit/s at 30 fps', 30, 9 * KIB, 72 * KIB],
    ['6 Mbit/s at 60 fps', 60, 11 * KIB, 110 * KIB],
  ])('of %s is its ring and two blocks more', (_what, fps, frameBytes, keyFrameBytes) => {
    const script = new HlsScript();
    const audio = testAudioTrack();
    script.start([testVideoTrack(), audio]);
    const shape = { seconds: 40, stepsMs: [1000 / fps], gopFrames: [2 * fps], frameBytes, keyFrameBytes };
    let checked = 0;
    for (const sample of interleave(
      videoSamples(shape),
      audioSamples({ seconds: 40, track: audio, frameBytes: 340 }),
      audio,
    )) {
      script.output.onSample(sample);
      const { rendition } = script.output;
      if (rendition === undefined || rendition.partCount < 100) continue;
      checked += 1;
      expect(rendition.heldBytes).toBeGreaterThanOrEqual(rendition.ring.bytes);
      expect(rendition.heldBytes).toBeLessThanOrEqual(rendition.ring.bytes + 2 * BLOCK_BYTES);
    }
    expect(checked).toBeGreaterThan(1_000);
    script.output.onEnd();
    script.output.close();
    expect(script.output.rendition?.heldBytes).toBe(0);
  });

  it('stays below its cap by no more than one segment, whatever the window asks for', () => {
    const maxBytes = 3_000 * KIB;
    const script = new HlsScript({ maxBytes, window: 600 });
    script.start([testVideoTrack()], { hasAudio: false });
    let largest = 0;
    for (const sample of videoSamples({ seconds: 60, stepsMs: [40], gopFrames: [50], frameBytes: 8 * KIB })) {
      script.output.onSample(sample);
      const ring = script.output.rendition?.ring;
      largest = Math.max(largest, ...(ring?.segments.map((segment) => segment.byteLength) ?? []));
      expect(ring?.bytes ?? 0).toBeLessThanOrEqual(maxBytes + largest);
    }
    expect(largest).toBeGreaterThan(300 * KIB);
  });

  it.each([
    ['hours of it', 7_200, 3_000 * KIB, 8 * KIB],
    ['a cap of a few segments', 7_200, 900 * KIB, 8 * KIB],
    ['frames that shrink and grow', 7_200, 3_000 * KIB, undefined],
  ])('is never above its cap by more than two blocks: %s', (_what, dvr, maxBytes, frameBytes) => {
    const script = new HlsScript({ maxBytes, dvr });
    script.start([testVideoTrack()], { hasAudio: false });
    const shape = { stepsMs: [40], gopFrames: [50], seconds: 10, keyFrameBytes: 40 * KIB };
    const sizes = [2, 30, 1, 12, 60, 3].map((kib) => kib * KIB);
    for (const [round, bytes] of sizes.entries()) {
      for (const sample of videoSamples({
        ...shape,
        startMs: round * 10_000,
        frameBytes: frameBytes ?? bytes,
      })) {
        script.output.onSample(sample);
        const { rendition } = script.output;
        if (rendition === undefined) continue;
        const open = rendition.ring.openSegment?.byteLength ?? 0;
        if (open < maxBytes) expect(rendition.heldBytes).toBeLessThanOrEqual(maxBytes + 2 * BLOCK_BYTES);
      }
    }
    expect(script.output.rendition?.ring.segments.length).toBeGreaterThan(0);
  });

  it('of a viewer who does not read costs the others nothing of their window', () => {
    const script = new HlsScript({ maxBytes: 2_000 * KIB, dvr: 600 });
    script.start([testVideoTrack()], { hasAudio: false });
    const shape = { stepsMs: [40], gopFrames: [50], frameBytes: 8 * KIB };
    for (const sample of videoSamples({ ...shape, seconds: 20 })) script.output.onSample(sample);
    const ring = script.output.rendition?.ring;
    const listed = ring?.segments.length ?? 0;
    for (const { parts } of ring?.segments ?? [])
      for (const { block } of parts.flatMap(({ slices }) => slices)) block.pin();
    for (const sample of videoSamples({ ...shape, seconds: 20, startMs: 20_000 }))
      script.output.onSample(sample);
    expect(ring?.segments.length).toBeGreaterThanOrEqual(listed - 1);
  });
});

describe('blocks of waiting samples', () => {
  /** Counts the blocks that are in use. */
  class CountingPool extends BlockPool {
    taken = 0;

    override take(): Buffer {
      this.taken += 1;
      return super.take();
    }

    override give(block: Buffer): void {
      this.taken -= 1;
      super.give(block);
    }
  }

  it('go back when a run cannot begin because its first picture is too large', () => {
    const pool = new CountingPool();
    const script = new HlsScript({ pool, maxBytes: 4_000 * KIB });
    const audio = testAudioTrack();
    script.start([testVideoTrack(), audio]);
    const shape = { seconds: 2.1, stepsMs: [40], gopFrames: [50] };
    // Sound is ahead, and waits for the next run.
    script.send(interleave(videoSamples(shape), audioSamples({ seconds: 2.4, track: audio }), audio, 0.3));
    script.track(testVideoTrack({ width: 640 }));
    const large = videoSamples({ seconds: 0.04, stepsMs: [40], gopFrames: [1], startMs: 2_120 });
    const data = Buffer.alloc(1_500 * KIB);
    expect(() => script.send(large.map((sample) => ({ ...sample, data })))).toThrow(
      expect.objectContaining({ code: 'part_too_large' }),
    );
    script.stop();
    script.end();
    script.output.close();
    expect(pool.taken).toBe(0);
  });
});

describe('the past that is listed', () => {
  const listedSeconds = (options: Partial<HlsOutputOptions>): number => {
    const script = new HlsScript(options);
    script.start([testVideoTrack()], { hasAudio: false });
    for (const sample of videoSamples({ seconds: 120, stepsMs: [40], gopFrames: [50], frameBytes: 2 * KIB }))
      script.output.onSample(sample);
    const segments = script.output.rendition?.ring.segments ?? [];
    return secondsOf(segments.reduce((sum, segment) => sum + (segment.isOpen ? 0 : segment.duration), 0));
  };

  it('is the window, or what dvr says when that is more, or what the memory holds', () => {
    // Up to one segment more.
    for (const [options, seconds] of [
      [{ window: 20 }, 20],
      [{ window: 20, dvr: 60 }, 60],
      [{ window: 20, dvr: 6 }, 20],
    ] as const) {
      expect(listedSeconds(options)).toBeGreaterThanOrEqual(seconds - 1e-6);
      expect(listedSeconds(options)).toBeLessThan(seconds + 2.1);
    }
    let early = 0;
    const onMemoryFull = (): void => {
      early += 1;
    };
    listedSeconds({ dvr: 60, onMemoryFull });
    expect(early).toBe(0);
    const short = listedSeconds({ dvr: 60, maxBytes: 1_000 * KIB, onMemoryFull });
    expect(early).toBeGreaterThan(10);
    expect(short).toBeGreaterThan(4);
    expect(short).toBeLessThan(60);
  });
});

describe('the last key frame', () => {
  /** What is collected during a test would hide what it keeps. */
  const kept: StillPicture[][] = [];

  it.each([
    ['much larger', 1_000 * KIB, KIB],
    ['a little larger', 1_000 * KIB, 900 * KIB],
    ['smaller', KIB, 1_000 * KIB],
  ])('is charged with all of its memory, if the one before was %s', (_what, before, after) => {
    const budget = new MediaBudget(
      clockOf(() => 0),
      0,
    );
    const picture = testVideoTrack();
    const pictures = [before, after].flatMap((keyFrameBytes, at) =>
      videoSamples({ seconds: 0.04, stepsMs: [40], gopFrames: [1], startMs: at * 40, keyFrameBytes }),
    );
    const usedBefore = process.memoryUsage().arrayBuffers;
    const stills = Array.from({ length: 20 }, () => {
      const still = new StillPicture(budget, () => {});
      for (const [at, sample] of pictures.entries()) still.hold(sample, at, picture);
      return still;
    });
    kept.push(stills);
    const charged = stills.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    // Small memory is left to the collector.
    expect(process.memoryUsage().arrayBuffers - usedBefore).toBeLessThanOrEqual(charged + 20 * 2 * KIB);
    expect(charged / 20).toBeGreaterThanOrEqual(after);
    expect(charged / 20).toBeLessThanOrEqual(4 * after);
  });
});
