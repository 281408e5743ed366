import { describe, expect, it } from 'vitest';
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
    ['2.5 Mbit/s at 30 fps', 30, 9 * KIB, 72 * KIB, 640 * KIB],
    ['6 Mbit/s at 60 fps', 60, 11 * KIB, 110 * KIB, 1_280 * KIB],
  ])(
    'of %s is its ring, fifteen hundredths more, and one block',
    (_what, fps, frameBytes, keyFrameBytes, blockBytes) => {
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
        expect(rendition.heldBytes).toBeLessThanOrEqual(rendition.ring.bytes * 1.15 + blockBytes);
      }
      expect(checked).toBeGreaterThan(1_000);
      script.output.onEnd();
      script.output.close();
      expect(script.output.rendition?.heldBytes).toBe(0);
    },
  );

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
});
