// Whatever publishers do, the playlists of a name keep their rules, and no decodable video is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../server/media/sample.ts';
import { HlsScript } from '../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../support/samples.ts';

const WIDTHS = [640, 1280];
const AUDIO_RATES = [44_100, 48_000];

/** One publication: frames, sound, a configuration, and its faults. */
const visits = fc.record({
  fps: fc.constantFrom(2, 5, 10, 24, 25, 24_000 / 1001, 30, 50, 60),
  gopFrames: fc.array(fc.integer({ min: 1, max: 260 }), { minLength: 1, maxLength: 3 }),
  // Without jitter parts end with their last picture.
  jitterMs: fc.oneof(
    fc.constant([0]),
    fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 2, maxLength: 11 }),
  ),
  startsInSync: fc.boolean(),
  compositionFrames: fc.integer({ min: 0, max: 3 }),
  keyFrameBytes: fc.constantFrom(200, 4_000),
  frameBytes: fc.constantFrom(100, 2_000),
  seconds: fc.integer({ min: 1, max: 90 }).map((tenths) => tenths / 10),
  tracks: fc.constantFrom('both', 'video', 'audio'),
  audioAheadS: fc.integer({ min: -20, max: 20 }).map((tenths) => tenths / 10),
  audioFromS: fc.constantFrom(0, 0, 2.5),
  audioToS: fc.constantFrom(99, 99, 3),
  videoFromMs: fc.constantFrom(0, 0, 2_000),
  width: fc.constantFrom(...WIDTHS),
  audioRate: fc.constantFrom(...AUDIO_RATES),
  changesAt: fc.constantFrom(undefined, 'video', 'audio'),
  jumpsAt: fc.constantFrom(undefined, 0.3, 0.6),
  awayMs: fc.integer({ min: 0, max: 14_000 }),
});
type Visit = typeof visits extends fc.Arbitrary<infer Value> ? Value : never;

function samplesOf(visit: Visit): Sample[] {
  const audio = testAudioTrack(visit.audioRate);
  const video =
    visit.tracks === 'audio'
      ? []
      : videoSamples({ ...visit, stepsMs: [1000 / visit.fps], startMs: visit.videoFromMs });
  const sound =
    visit.tracks === 'video'
      ? []
      : audioSamples({ seconds: visit.seconds, track: audio }).filter((sample) => {
          const time = sample.dts / audio.timescale;
          return time >= visit.audioFromS && time < visit.audioToS;
        });
  return interleave(video, sound, audio, visit.audioAheadS);
}

/** Plays one publication; returns the video samples that a decoder could use. */
function play(script: HlsScript, visit: Visit): Buffer[] {
  const samples = samplesOf(visit);
  const tracks = [
    ...(visit.tracks === 'audio' ? [] : [testVideoTrack({ width: visit.width })]),
    ...(visit.tracks === 'video' ? [] : [testAudioTrack(visit.audioRate)]),
  ];
  script.start(tracks, {}, visit.awayMs);
  const usable: Buffer[] = [];
  let needsSync = true;
  for (const [at, sample] of samples.entries()) {
    const place = at / samples.length;
    if (at === Math.floor(samples.length / 2) && visit.tracks !== 'audio' && visit.changesAt === 'video') {
      script.track(testVideoTrack({ width: visit.width + 16 }));
      needsSync = true;
    }
    const jumps =
      visit.jumpsAt !== undefined && place >= visit.jumpsAt && (at - 1) / samples.length < visit.jumpsAt;
    script.send([jumps ? { ...sample, afterJump: true } : sample]);
    if (sample.kind !== 'video') continue;
    if (sample.isSync) needsSync = false;
    if (!needsSync) usable.push(sample.data);
  }
  script.stop();
  return usable;
}

describe('hls output', () => {
  it('keeps every rule of the playlist over any visits of publishers, and all video', () => {
    fc.assert(
      fc.property(fc.array(visits, { minLength: 1, maxLength: 3 }), fc.boolean(), (drawn, isLong) => {
        // Short segments and a long past, so that delta updates are checked too.
        const script = new HlsScript(isLong ? { segment: 1, dvr: 60 } : {});
        const usable = drawn.flatMap((visit) => play(script, visit));
        script.end();
        const written = script.written(1);
        expect(written.length).toBe(usable.length);
        for (const [at, sample] of written.entries()) {
          if (!sample.data.equals(usable[at] ?? Buffer.alloc(0)))
            throw new Error(`video sample ${at} is another`);
        }
        script.checkDecodeTimes();
        expect(script.history.last?.hasEnded ?? true).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('plays a publisher that comes and goes five hundred times', () => {
    const script = new HlsScript({ dvr: 40 });
    const audio = testAudioTrack();
    const video = testVideoTrack();
    const samples = interleave(
      videoSamples({ seconds: 2, stepsMs: [40], gopFrames: [25] }),
      audioSamples({ seconds: 2, track: audio }),
      audio,
    );
    for (let visit = 0; visit < 500; visit += 1) {
      script.start([video, audio], {}, visit === 0 ? 0 : 2_000);
      script.send(samples);
      script.stop();
    }
    expect(script.history.last?.segments.at(-1)?.discontinuity).toBe(499);
    expect(script.output.rendition?.ring.segments.length).toBeLessThan(50);
    expect(script.deltaCount).toBeGreaterThan(1_000);
    expect(script.written(1)).toHaveLength(500 * 50);
  });
});
