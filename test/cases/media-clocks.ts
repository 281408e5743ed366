// Sources for a timeline: frames in order of their true times, each with the 32-bit timestamp from its encoder.

import { expect } from 'vitest';
import { parseAacConfig } from '../../server/codec/aac.ts';
import type { SampleTime, Timeline, TimelineRepairs } from '../../server/media/timeline.ts';
import { type AudioTrack, audioTrack, type TrackKind, VIDEO_TIMESCALE } from '../../server/media/track.ts';
import { AAC_44100, aacConfigCase } from './aac-configs.ts';

export const AUDIO_44100 = audioTrack(parseAacConfig(AAC_44100.record));
export const AUDIO_48000 = audioTrack(parseAacConfig(aacConfigCase('LC stereo 48 kHz').record));
export const AUDIO_22050 = audioTrack(parseAacConfig(aacConfigCase('LC mono 22.05 kHz').record));
export const AUDIO_8000 = audioTrack(parseAacConfig(aacConfigCase('LC mono 8 kHz').record));

export type Frame = {
  readonly kind: TrackKind;
  /** When it was captured, milliseconds from the start of the source. */
  readonly trueMs: number;
  /** The timestamp of its message: 32 bits. */
  readonly timestamp: number;
};

export type SourceClock = {
  /** Frames a second; absent for no video. */
  readonly fps?: number;
  /** Absent for no audio. */
  readonly audio?: AudioTrack;
  readonly durationMs: number;
  /** The unwrapped timestamp of a frame; it is rounded to whole milliseconds later. */
  readonly announce: (trueMs: number, kind: TrackKind) => number;
  /** Frames that are not sent. */
  readonly isLost?: (trueMs: number, kind: TrackKind) => boolean;
};

/** The frames of a source, video before audio at the same time. */
export function framesOf(source: SourceClock): Frame[] {
  const { fps, audio, durationMs, announce, isLost } = source;
  const frames: Frame[] = [];
  const add = (kind: TrackKind, stepMs: number): void => {
    for (let at = 0; at * stepMs < durationMs; at += 1) {
      const trueMs = at * stepMs;
      if (isLost?.(trueMs, kind) === true) continue;
      frames.push({ kind, trueMs, timestamp: Math.round(announce(trueMs, kind)) >>> 0 });
    }
  };
  if (fps !== undefined) add('video', 1000 / fps);
  if (audio !== undefined) add('audio', (audio.config.frameSamples * 1000) / audio.timescale);
  return frames.sort((left, right) => left.trueMs - right.trueMs);
}

export type TimedFrame = Frame & SampleTime & { readonly dtsMs: number };

/** Sends the frames through a timeline. */
export function timed(
  timeline: Timeline,
  frames: readonly Frame[],
  audio: AudioTrack = AUDIO_44100,
): TimedFrame[] {
  return frames.map((frame) => {
    const isVideo = frame.kind === 'video';
    const time = isVideo
      ? timeline.videoTime(frame.timestamp, 0)
      : timeline.audioTime(frame.timestamp, audio);
    const dtsMs = (time.dts * 1000) / (isVideo ? VIDEO_TIMESCALE : audio.timescale);
    return { ...frame, ...time, dtsMs };
  });
}

/** Distances of consecutive frames of one kind, milliseconds. */
export function stepsMs(frames: readonly TimedFrame[], kind: TrackKind): number[] {
  const times = frames.filter((frame) => frame.kind === kind).map(({ dtsMs }) => dtsMs);
  return times.slice(1).map((time, at) => time - (times[at] ?? Number.NaN));
}

/** How far a frame was moved: the same for both tracks of a source as long as they stay in sync. */
export function shiftMs(frame: TimedFrame): number {
  return frame.dtsMs - frame.trueMs;
}

export const NO_REPAIRS: TimelineRepairs = {
  wraps: 0,
  jumps: 0,
  epochShifts: 0,
  nonMonotonic: 0,
  stepsBack: 0,
  restamped: 0,
  badCompositionOffsets: 0,
  audioResyncs: 0,
};
/** The sample clock may be half a frame off the timestamps before it is corrected; RTMP rounds to milliseconds. */
export const SYNC_MS = 14;

/** Decode times of each track only increase. */
export function expectStrictlyIncreasing(frames: readonly TimedFrame[]): void {
  for (const kind of ['video', 'audio'] as const) {
    expect(Math.min(...stepsMs(frames, kind)), kind).toBeGreaterThan(0);
  }
}

/** From `fromMs` on, both tracks were moved by the same time. */
export function expectInStep(frames: readonly TimedFrame[], fromMs: number): void {
  const later = frames.filter(({ trueMs }) => trueMs >= fromMs).map(shiftMs);
  expect(later.length).toBeGreaterThan(0);
  expect(Math.max(...later) - Math.min(...later)).toBeLessThanOrEqual(2 * SYNC_MS);
}
