// PROGRAM-DATE-TIME (RFC 8216bis 4.4.4.6): for hours, the date of a segment is the previous date plus its EXTINF. A
// change of the wall clock appears only at the next discontinuity (row 81 of the trust list).
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../server/media/sample.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { audioSamples, testAudioTrack, testVideoTrack, videoSamples } from '../../support/samples.ts';

const HOUR_MS = 3_600_000;
const video = testVideoTrack();

type Dated = { readonly dateMs: number; readonly durationMs: number };

/** Follows a stream by the lines of its newest closed segment, like a player that misses none. */
class DateReader {
  readonly segments: Dated[] = [];
  readonly #script: HlsScript;
  #lastMsn = -1;

  constructor(script: HlsScript) {
    this.#script = script;
  }

  look(): void {
    const segments = this.#script.output.rendition?.ring.segments ?? [];
    const closed = segments.findLast((segment) => !segment.isOpen);
    if (closed === undefined || closed.msn === this.#lastMsn) return;
    this.#lastMsn = closed.msn;
    const text = this.#script.text;
    const lines = text.slice(0, text.indexOf(`\n${closed.uri}\n`));
    const date = lines.slice(lines.lastIndexOf('#EXT-X-PROGRAM-DATE-TIME:') + 25).split('\n')[0] ?? '';
    const extinf = lines.slice(lines.lastIndexOf('#EXTINF:') + 8);
    this.segments.push({ dateMs: Date.parse(date), durationMs: Number.parseFloat(extinf) * 1000 });
  }
}

/** Twelve hours, minute by minute: together they would be a gigabyte of samples. */
function* twelveHours(nextMinute: () => readonly Sample[]): Generator<Sample> {
  for (let minute = 0; minute < 12 * 60; minute += 1) yield* nextMinute();
}

function follow(script: HlsScript, samples: Iterable<Sample>, timescale: number): readonly Dated[] {
  const reader = new DateReader(script);
  const startMs = script.nowMs;
  for (const sample of samples) {
    script.nowMs = startMs + (sample.dts / timescale) * 1000;
    script.output.onSample(sample);
    if (sample.isSync) reader.look();
  }
  return reader.segments;
}

/** The largest difference between a date and the previous date plus EXTINF, milliseconds. */
function worstStep(segments: readonly Dated[]): number {
  let worst = 0;
  for (const [at, { dateMs }] of segments.entries()) {
    const before = segments[at - 1];
    if (before !== undefined) worst = Math.max(worst, Math.abs(dateMs - before.dateMs - before.durationMs));
  }
  return worst;
}

describe('dates of twelve hours', () => {
  it('at 29.97 fps with RTMP’s milliseconds are exact to the millisecond', () => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    const step = 1001 / 30;
    let frame = 0;
    const segments = follow(
      script,
      twelveHours(() =>
        Array.from({ length: 1_798 }, (): Sample => {
          const dts = Math.round(frame * step) * 90;
          const isSync = frame % 60 === 0;
          frame += 1;
          return {
            trackId: 'v0',
            kind: 'video',
            dts,
            pts: dts,
            isSync,
            data: Buffer.alloc(1),
            afterJump: false,
          };
        }),
      ),
      90_000,
    );
    expect(segments.length).toBeGreaterThan(21_000);
    expect(worstStep(segments)).toBeLessThan(0.001);
    const [first, last] = [segments[0]?.dateMs ?? 0, segments.at(-1)?.dateMs ?? 0];
    expect(last - first).toBeGreaterThan(11.9 * HOUR_MS);
  });

  it('of audio alone at 44.1 kHz are exact to the millisecond that the text has', () => {
    const audio = testAudioTrack(44_100);
    const script = new HlsScript();
    script.start([audio], { hasVideo: false });
    let from = 0;
    const segments = follow(
      script,
      twelveHours(() => {
        const samples = audioSamples({ seconds: 60, track: audio, frameBytes: 1 }).map((sample) => ({
          ...sample,
          dts: sample.dts + from,
          pts: sample.pts + from,
        }));
        from += samples.length * 1_024;
        return samples;
      }),
      44_100,
    );
    expect(segments.length).toBeGreaterThan(20_000);
    expect(worstStep(segments)).toBeLessThanOrEqual(1);
    // The sum of the durations is equally exact: rounding errors do not add up.
    const first = segments[0]?.dateMs ?? 0;
    const total = segments.slice(0, -1).reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(Math.abs((segments.at(-1)?.dateMs ?? 0) - first - total)).toBeLessThan(120);
  });
});

describe('a wall clock that is set while a stream runs (row 81)', () => {
  it.each([
    ['an hour on', HOUR_MS],
    ['an hour back', -HOUR_MS],
  ])('%s changes no date before the next discontinuity, and all behind it', (_what, stepMs) => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    const media = (startMs: number, seconds: number): Sample[] =>
      videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [50] });
    script.send(media(0, 6));
    script.nowMs += stepMs;
    // The script's history compares every date with the previous one.
    for (const sample of media(6_000, 6)) {
      script.nowMs += 40;
      script.output.onSample(sample);
      script.look();
    }
    const before = script.history.last?.segments.at(-1);
    script.stop();
    script.start([video], { hasAudio: false }, 1_000);
    const returnedMs = script.nowMs;
    script.send(media(0, 3));
    const after = script.history.last?.segments.find(
      ({ discontinuity }) => discontinuity === (before?.discontinuity ?? 0) + 1,
    );
    expect(after?.dateMs).toBe(returnedMs);
    const gapMs = (after?.dateMs ?? 0) - (before?.dateMs ?? 0);
    expect(Math.sign(gapMs)).toBe(Math.sign(stepMs));
    expect(Math.abs(gapMs)).toBeGreaterThan(HOUR_MS - 10_000);
  });
});
