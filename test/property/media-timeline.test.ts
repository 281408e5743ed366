import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_STEP_MS, Timeline } from '../../server/media/timeline.ts';
import { AUDIO_44100, AUDIO_48000, framesOf, shiftMs, stepsMs, timed } from '../cases/media-clocks.ts';

const timestamp = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 10_000 }),
  fc.integer({ min: 2 ** 31 - 5_000, max: 2 ** 31 + 5_000 }),
  fc.integer({ min: 2 ** 32 - 5_000, max: 2 ** 32 - 1 }),
);
const frame = fc.record({ kind: fc.constantFrom('video' as const, 'audio' as const), timestamp });
const compositionMs = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
const rates = fc.constantFrom(10, 24_000 / 1_001, 25, 30_000 / 1_001, 30, 50, 60);
const audioTracks = fc.constantFrom(AUDIO_44100, AUDIO_48000);
const start = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('whatever the timestamps', () => {
  it('decode times only grow, are whole ticks, and pts is never negative or far off', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, compositionMs), { maxLength: 120 }), (frames) => {
        const timeline = new Timeline();
        const last = { video: -1, audio: -1 };
        for (const [{ kind, timestamp: at }, offset] of frames) {
          const { dts, pts } =
            kind === 'video' ? timeline.videoTime(at, offset) : timeline.audioTime(at, AUDIO_44100);
          expect(dts).toBeGreaterThan(last[kind]);
          expect(Number.isSafeInteger(dts)).toBe(true);
          expect(pts).toBeGreaterThanOrEqual(0);
          // Sixteen reordered pictures of 12 s each, and one more step.
          expect(Math.abs(pts - dts)).toBeLessThanOrEqual(17 * 12_000 * 90);
          last[kind] = dts;
        }
      }),
      { numRuns: 300 },
    );
  });

  // The sample clock of audio may differ by up to 100 ms from its timestamps before that counts as a gap.
  it.each([
    // One picture in 10 s is a valid source. Where a source becomes that slow, its first slow picture has the duration of
    // the earlier ones.
    { kind: 'video' as const, limitMs: 24_000 },
    { kind: 'audio' as const, limitMs: MAX_STEP_MS + 100 + 1 },
  ])('a track of $kind alone never steps farther than the limit', ({ kind, limitMs }) => {
    fc.assert(
      fc.property(fc.array(timestamp, { maxLength: 120 }), (timestamps) => {
        const frames = timestamps.map((at) => ({ kind, trueMs: 0, timestamp: at }));
        const steps = stepsMs(timed(new Timeline(), frames), kind);
        expect(Math.max(0, ...steps)).toBeLessThanOrEqual(limitMs);
      }),
      { numRuns: 300, examples: [[[0, 2_147_478_648, 2_147_481_640]]] },
    );
  });
});

describe('a steady source', () => {
  it('is never repaired, wherever its clock starts', () => {
    fc.assert(
      fc.property(rates, audioTracks, start, (fps, audio, startMs) => {
        const timeline = new Timeline();
        const announce = (ms: number) => startMs + ms;
        const frames = timed(timeline, framesOf({ fps, audio, durationMs: 3_000, announce }), audio);
        const { wraps, ...repairs } = timeline.repairs;
        expect(Object.values(repairs).every((count) => count === 0)).toBe(true);
        expect(wraps).toBeLessThanOrEqual(1);
        const shifts = frames.map(shiftMs);
        expect(Math.max(...shifts) - Math.min(...shifts)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('keeps its tracks together across any jump, and counts one at most', () => {
    const jump = fc.oneof(
      fc.integer({ min: -(2 ** 31) + 10_000, max: 2 ** 31 - 10_000 }),
      fc.integer({ min: -8_000, max: 8_000 }),
    );
    fc.assert(
      fc.property(rates, audioTracks, start, jump, (fps, audio, startMs, jumpMs) => {
        const timeline = new Timeline();
        const announce = (ms: number) => startMs + ms + (ms < 1_500 ? 0 : jumpMs);
        const frames = timed(timeline, framesOf({ fps, audio, durationMs: 8_000, announce }), audio);
        expect(timeline.repairs.jumps).toBeLessThanOrEqual(1);
        const late = frames.filter(({ trueMs }) => trueMs > 6_000).map(shiftMs);
        expect(Math.max(...late) - Math.min(...late)).toBeLessThanOrEqual(26);
      }),
    );
  });
});
