// The dates of a stream that runs for hours, read like a player that misses no segment (RFC 8216bis 4.4.4.6).
import type { Sample } from '../../server/media/sample.ts';
import { HlsScript } from './hls-script.ts';
import { audioSamples, testAudioTrack, testVideoTrack } from './samples.ts';

export type DatedSegment = { readonly dateMs: number; readonly durationMs: number };

/** Follows a stream by the lines of its newest closed segment. */
class DateReader {
  readonly segments: DatedSegment[] = [];
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

/** Pictures at 29.97 fps with RTMP's milliseconds. */
export function videoOfHours(hours: number): readonly DatedSegment[] {
  const script = new HlsScript();
  script.start([testVideoTrack()], { hasAudio: false });
  const step = 1001 / 30;
  let frame = 0;
  const nextMinute = (): readonly Sample[] =>
    Array.from({ length: 1_798 }, (): Sample => {
      const dts = Math.round(frame * step) * 90;
      const isSync = frame % 60 === 0;
      frame += 1;
      const data = Buffer.alloc(1);
      return { trackId: 'v0', kind: 'video', dts, pts: dts, isSync, data, afterJump: false };
    });
  return follow(script, minutes(hours, nextMinute), 90_000);
}

/** Audio alone at 44.1 kHz. */
export function audioOfHours(hours: number): readonly DatedSegment[] {
  const track = testAudioTrack(44_100);
  const script = new HlsScript();
  script.start([track], { hasVideo: false });
  let from = 0;
  const nextMinute = (): readonly Sample[] => {
    const samples = audioSamples({ seconds: 60, track, frameBytes: 1 }).map((sample) => ({
      ...sample,
      dts: sample.dts + from,
      pts: sample.pts + from,
    }));
    from += samples.length * 1_024;
    return samples;
  };
  return follow(script, minutes(hours, nextMinute), 44_100);
}

/** The largest difference between a date and the previous date plus EXTINF, milliseconds. */
export function worstStep(segments: readonly DatedSegment[]): number {
  let worst = 0;
  for (const [at, { dateMs }] of segments.entries()) {
    const before = segments[at - 1];
    if (before !== undefined) worst = Math.max(worst, Math.abs(dateMs - before.dateMs - before.durationMs));
  }
  return worst;
}

/** How far the sum of all durations is from the last date, milliseconds. */
export function sumError(segments: readonly DatedSegment[]): number {
  const total = segments.slice(0, -1).reduce((sum, { durationMs }) => sum + durationMs, 0);
  return Math.abs((segments.at(-1)?.dateMs ?? 0) - (segments[0]?.dateMs ?? 0) - total);
}

/** Minute by minute: twelve hours together would be a gigabyte of samples. */
function* minutes(hours: number, nextMinute: () => readonly Sample[]): Generator<Sample> {
  for (let minute = 0; minute < hours * 60; minute += 1) yield* nextMinute();
}

function follow(script: HlsScript, samples: Iterable<Sample>, timescale: number): readonly DatedSegment[] {
  const reader = new DateReader(script);
  const startMs = script.nowMs;
  for (const sample of samples) {
    script.nowMs = startMs + (sample.dts / timescale) * 1000;
    script.output.onSample(sample);
    if (sample.isSync) reader.look();
  }
  return reader.segments;
}
