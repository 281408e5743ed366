import { describe, expect, it } from 'vitest';
import { GatewayMemory } from '../../../server/media/media-memory.ts';
import type { Sample } from '../../../server/media/sample.ts';
import type { Track } from '../../../server/media/track.ts';
import { HlsScript, SCRIPT_START_MS } from '../../support/hls-script.ts';
import { testAudioTrack, testVideoTrack, videoSamples } from '../../support/samples.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const MAX_BYTES = 8 * MIB;
const audio = testAudioTrack();
const video = testVideoTrack();

function sound(dts: number, byteCount: number): Sample {
  return {
    trackId: 'a0',
    kind: 'audio',
    dts,
    pts: dts,
    isSync: true,
    data: Buffer.alloc(byteCount),
    afterJump: false,
  };
}

function picture(dts: number, byteCount: number, isSync = false): Sample {
  return {
    trackId: 'v0',
    kind: 'video',
    dts,
    pts: dts,
    isSync,
    data: Buffer.alloc(byteCount),
    afterJump: false,
  };
}

function* repeated(count: number, sampleAt: (at: number) => Sample): Generator<Sample> {
  for (let at = 0; at < count; at += 1) yield sampleAt(at);
}

function* oneAfterTheOther(...parts: readonly Iterable<Sample>[]): Generator<Sample> {
  for (const part of parts) yield* part;
}

const tenPictures = (): Iterable<Sample> => videoSamples({ seconds: 0.4, stepsMs: [40], gopFrames: [10] });

/** How a publisher can fill each queue of its stream, with 40 MiB or more each. */
const SHAPES: readonly (readonly [
  what: string,
  tracks: readonly Track[],
  samples: () => Iterable<Sample>,
])[] = [
  [
    'sound at one timestamp after the video has ceased',
    [video, audio],
    () =>
      oneAfterTheOther(
        [sound(0, 100)],
        tenPictures(),
        repeated(5_000, (at) => sound(20_000 + at, 8 * KIB)),
      ),
  ],
  [
    'sound far ahead of video that crawls',
    [video, audio],
    () =>
      oneAfterTheOther(
        [sound(0, 100)],
        tenPictures(),
        repeated(10_000, (at) =>
          at % 2 === 0 ? sound(140_000 + at * 24, 8 * KIB) : picture(36_000 + at * 45, 100),
        ),
      ),
  ],
  [
    'sound at time 0 behind a video configuration that no picture follows',
    [video, audio],
    () => repeated(5_000, (at) => sound(at, 8 * KIB)),
  ],
  [
    'sound at time 0 behind a picture that is no key frame',
    [video, audio],
    () =>
      oneAfterTheOther(
        [picture(0, 100)],
        repeated(5_000, (at) => sound(at, 8 * KIB)),
      ),
  ],
  [
    'sound that begins in a video that never has a key frame again',
    [video, audio],
    () =>
      oneAfterTheOther(
        videoSamples({ seconds: 2, stepsMs: [40], gopFrames: [1_000] }),
        repeated(5_000, (at) => sound(96_000 + at, 8 * KIB)),
      ),
  ],
  ['sound alone at one timestamp', [audio], () => repeated(5_000, (at) => sound(at, 8 * KIB))],
  [
    'pictures of a millisecond each',
    [video],
    () => repeated(5_000, (at) => picture(at * 90, 8 * KIB, at === 0)),
  ],
  [
    'key frames of a millisecond each',
    [video],
    () => repeated(5_000, (at) => picture(at * 90, 8 * KIB, true)),
  ],
  ['giant pictures', [video], () => repeated(40, (at) => picture(at * 3_600, MIB, at % 10 === 0))],
  ['sounds of one byte', [audio], () => repeated(200_000, (at) => sound(at, 1))],
];

describe('a publisher that fills memory', () => {
  it.each(SHAPES)('keeps within hls.max-memory: %s', (_what, tracks, samples) => {
    const gateway = new GatewayMemory();
    const memory = gateway.open(MAX_BYTES);
    const script = new HlsScript({ memory, maxBytes: MAX_BYTES });
    script.start(tracks);
    let ending: unknown;
    try {
      for (const sample of samples()) {
        script.output.onSample(sample);
        expect(memory.usedBytes).toBeLessThanOrEqual(MAX_BYTES * 1.15 + MIB);
        memory.checkWaiting();
      }
    } catch (error) {
      ending = error;
    }
    if (ending !== undefined) {
      expect(ending).toMatchObject({ code: expect.stringMatching(/^(?:part_too_large|stream_memory)$/) });
    }
    script.output.onSourceEnd();
    expect(memory.waitingBytes).toBe(0);
    script.output.onEnd();
    expect(script.output.rendition?.hasEnded ?? true).toBe(true);
    script.output.close();
    expect(memory.usedBytes).toBe(0);
  });

  it('is charged for small samples what they keep alive', () => {
    const memory = new GatewayMemory().open(MAX_BYTES);
    const script = new HlsScript({ memory, maxBytes: MAX_BYTES });
    script.start([video, audio]);
    const slabs: Buffer[] = [];
    // Each sample is cut from its own slab, as in rtmp/body-arena.ts when other messages come between.
    for (let at = 0; at < 3_000; at += 1) {
      const slab = Buffer.allocUnsafeSlow(4 * KIB);
      slabs.push(slab);
      script.output.onSample({ ...sound(at, 0), data: slab.subarray(0, 1) });
    }
    expect(memory.waitingBytes).toBeGreaterThan(3_000 * 256);
  });
});

describe('what a publisher is told', () => {
  it('names the track that is ahead', () => {
    const script = new HlsScript({ maxBytes: MAX_BYTES });
    script.start([video, audio]);
    const ahead = (): void => {
      for (const sample of SHAPES[0]?.[2]() ?? []) script.output.onSample(sample);
    };
    expect(ahead).toThrow(/the timestamps of audio are far ahead of those of video/);
  });

  it('names the setting that allows larger parts', () => {
    const script = new HlsScript({ maxBytes: MAX_BYTES });
    script.start([video], { hasAudio: false });
    const large = videoSamples({ seconds: 2, stepsMs: [40], gopFrames: [50], keyFrameBytes: MAX_BYTES / 3 });
    expect(() => script.send(large)).toThrow(
      expect.objectContaining({
        code: 'part_too_large',
        message: expect.stringContaining(`${MAX_BYTES / 4} may (a quarter of hls.max-memory`),
      }),
    );
  });

  it('names the track that stands still', () => {
    const script = new HlsScript({ maxBytes: MAX_BYTES });
    script.start([video]);
    const standing = (): void => {
      for (let at = 0; at < 5_000; at += 1) script.output.onSample(picture(at, 8 * KIB, at === 0));
    };
    expect(standing).toThrow(/the timestamps of video stand still/);
  });
});

describe('changes of configuration', () => {
  const sizes = [testVideoTrack(), testVideoTrack({ width: 1_920 })] as const;

  it('are refused by name when they come more than ten times in ten seconds', () => {
    const script = new HlsScript();
    script.start([sizes[0]], { hasAudio: false });
    const changes = (): void => {
      for (let at = 0; at < 60; at += 1) {
        script.track(sizes[at % 2] ?? sizes[0]);
        script.send([picture(at * 3_600, 100, true)]);
      }
    };
    expect(changes).toThrow(expect.objectContaining({ code: 'too_many_changes' }));
    expect(script.output.rendition?.ring.segments.length).toBeLessThan(20);
  });

  it('once a second and a half are followed for ever', () => {
    const script = new HlsScript();
    script.start([sizes[0]], { hasAudio: false });
    for (let at = 0; at < 40; at += 1) {
      script.track(sizes[at % 2] ?? sizes[0]);
      const startMs = at * 1_500;
      script.send(videoSamples({ startMs, seconds: 1.5, stepsMs: [40], gopFrames: [1_000] }));
    }
    expect(script.history.last?.segments.at(-1)?.discontinuity).toBe(39);
  });

  it('keep their init segments within the memory of the stream', () => {
    const memory = new GatewayMemory().open(MAX_BYTES);
    const script = new HlsScript({ memory, maxBytes: MAX_BYTES });
    script.start([video], { hasAudio: false });
    for (let at = 0; at < 40; at += 1) {
      const record = Buffer.concat([video.config.record, Buffer.alloc(MIB, at)]);
      script.track({ ...video, config: { ...video.config, record } });
      const startMs = at * 1_500;
      for (const sample of videoSamples({ startMs, seconds: 1.5, stepsMs: [40], gopFrames: [1_000] })) {
        script.nowMs += 40;
        script.output.onSample(sample);
        expect(memory.usedBytes).toBeLessThanOrEqual(MAX_BYTES * 1.15 + MIB);
      }
    }
  });
});

describe('a publisher that is ended because others need the memory', () => {
  it('leaves a playlist whose sequence number does not go back, though nothing is listed', () => {
    const gateway = new GatewayMemory(MAX_BYTES);
    const others = [gateway.open(MAX_BYTES), gateway.open(MAX_BYTES)];
    const memory = gateway.open(8 * MAX_BYTES);
    const script = new HlsScript({ memory, maxBytes: 8 * MAX_BYTES });
    script.start([video], { hasAudio: false });
    others[0]?.openStored().set(MAX_BYTES - 2 * MIB);
    const large = videoSamples({ seconds: 8, stepsMs: [40], gopFrames: [50], frameBytes: 60 * KIB });
    expect(() => script.send(large)).toThrow(expect.objectContaining({ code: 'stream_memory' }));
    const lastMsn = script.history.last?.segments.at(-1)?.msn ?? 0;
    script.stop();
    expect(script.history.last).toMatchObject({ mediaSequence: lastMsn + 1, segments: [] });
  });
});

describe('segments that end because of their size', () => {
  it.each([400, 560, 600, 640, 700, 1_120])(
    'are no more than the media sequence counts, with key frames %d ms apart',
    (gopMs) => {
      const script = new HlsScript({ maxBytes: 4 * MIB });
      script.start([video], { hasAudio: false });
      const bytes = { frameBytes: 105 * KIB, keyFrameBytes: 105 * KIB };
      const seconds = 30;
      for (const sample of videoSamples({ seconds, stepsMs: [40], gopFrames: [gopMs / 40], ...bytes }))
        script.output.onSample(sample);
      const { nextMsn = 0, ring } = script.output.rendition ?? {};
      const count = nextMsn - (SCRIPT_START_MS - Date.UTC(2025, 0, 1)) / 500;
      // Segments of two seconds would not show anything.
      expect(count).toBeGreaterThan(seconds);
      expect(count).toBeLessThanOrEqual(2 * seconds);
      expect(ring?.segments.length).toBeGreaterThan(0);
    },
  );
});
