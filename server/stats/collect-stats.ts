// Turns counters into rates once a second, one set per stream.

import type { Clock } from '../clock.ts';
import { pictureOf } from '../codec/codec-config.ts';
import type { LiveStream, Source } from '../live/live-stream.ts';
import { type Track, type TrackId, type TrackKind, VIDEO_TIMESCALE } from '../media/track.ts';
import type { StreamNumbers, TrackNumbers } from './stats-message.ts';

type Reading = {
  readonly videoBytes: number;
  readonly audioBytes: number;
  readonly trackBytes: ReadonlyMap<TrackId, number>;
  /** Of the first video track. */
  readonly videoId: TrackId | undefined;
  readonly videoFrames: number;
  readonly videoDts: number;
  readonly at: number;
};

/** Readings for the frame rate: over five seconds a millisecond of rounding is 0.02 %. */
const FRAME_RATE_READINGS = 6;
/** Error of a time span, because RTMP rounds timestamps to a millisecond, seconds. */
const TIMESTAMP_ROUNDING_S = 0.001;
/** NTSC rates are whole rates divided by this (SMPTE ST 170). */
const NTSC_DIVISOR = 1.001;

/** Computes differences of one stream's counters. */
export class StreamMeter {
  readonly #stream: LiveStream;
  readonly #clock: Clock;
  #last: Reading;
  /** Readings since the last pause of the current source's pictures, oldest first. */
  #recent: readonly Reading[] = [];
  #source: Source | undefined;
  #latest: StreamNumbers | undefined;

  constructor(stream: LiveStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#last = this.#read();
  }

  /** The last measurement. */
  get latest(): StreamNumbers | undefined {
    return this.#latest;
  }

  /** Bit rates since the last call; the frame rate over the last seconds. */
  measure(viewers: number): StreamNumbers {
    const last = this.#last;
    const present = this.#read();
    this.#last = present;
    const elapsed = Math.max(present.at - last.at, 1) / 1000;
    const fps = this.#frameRate(present);
    const [video, audio] = [this.#first('video'), this.#first('audio')];
    const keyFrameIntervalMs = video && this.#stream.counters.track(video.id)?.keyFrameIntervalMs;
    const tracks = this.#stream.tracks.map((track): TrackNumbers => {
      const bytes = (present.trackBytes.get(track.id) ?? 0) - (last.trackBytes.get(track.id) ?? 0);
      return { id: track.id, codec: track.config.codecString, bps: Math.round((bytes * 8) / elapsed) };
    });
    const encoder = this.#stream.source?.encoder;
    this.#latest = {
      vbps: Math.round(((present.videoBytes - last.videoBytes) * 8) / elapsed),
      abps: Math.round(((present.audioBytes - last.audioBytes) * 8) / elapsed),
      ...(fps === undefined ? {} : { fps }),
      ...(tracks.length === 0 ? {} : { tracks }),
      ...(video === undefined ? {} : trackNumbers(video)),
      ...(audio === undefined ? {} : trackNumbers(audio)),
      ...(keyFrameIntervalMs === undefined ? {} : { gopMs: keyFrameIntervalMs }),
      viewers,
      uptimeMs: Math.max(this.#clock.epochMs() - this.#stream.startedAt, 0),
      ...(encoder === undefined ? {} : { encoder }),
    };
    return this.#latest;
  }

  /** Undefined while no pictures arrive. */
  #frameRate(present: Reading): number | undefined {
    const { source } = this.#stream;
    const newest = this.#recent.at(-1);
    const isOther = source !== this.#source || present.videoId !== newest?.videoId;
    const isAnew = isOther || present.videoDts < (newest?.videoDts ?? 0);
    this.#source = source;
    const hasPaused = present.videoFrames === (newest?.videoFrames ?? 0);
    const before = isAnew ? [] : this.#recent;
    this.#recent = hasPaused ? [] : [...before, present].slice(-FRAME_RATE_READINGS);
    const oldest = this.#recent[0] ?? present;
    const frames = present.videoFrames - oldest.videoFrames;
    const seconds = (present.videoDts - oldest.videoDts) / VIDEO_TIMESCALE;
    return frames > 0 && seconds > 0
      ? meantRate(frames / seconds, TIMESTAMP_ROUNDING_S / seconds)
      : undefined;
  }

  #first(kind: TrackKind): Track | undefined {
    return this.#stream.tracks.find((track) => track.kind === kind);
  }

  #read(): Reading {
    const { counters, tracks } = this.#stream;
    const videoId = this.#first('video')?.id;
    const video = videoId && counters.track(videoId);
    return {
      videoBytes: counters.videoBytes,
      audioBytes: counters.audioBytes,
      trackBytes: new Map(tracks.map(({ id }) => [id, counters.track(id)?.bytes ?? 0])),
      videoId,
      videoFrames: video?.samples ?? 0,
      videoDts: video?.lastDts ?? 0,
      at: this.#clock.monotonicMs(),
    };
  }
}

/** The nearest whole or NTSC rate within the rounding error, else the measured rate; two decimals. */
function meantRate(measured: number, error: number): number {
  const [whole, ntsc] = [Math.round(measured), Math.round(measured * NTSC_DIVISOR) / NTSC_DIVISOR];
  const meant = Math.abs(whole - measured) <= Math.abs(ntsc - measured) ? whole : ntsc;
  const rate = Math.abs(meant - measured) <= measured * error ? meant : measured;
  return Math.round(rate * 100) / 100;
}

function trackNumbers(track: Track): Partial<StreamNumbers> {
  if (track.kind === 'video') {
    const { width, height } = pictureOf(track.config);
    return { width, height, videoCodec: track.config.codecString };
  }
  return {
    audioCodec: track.config.codecString,
    sampleRate: track.config.outputSampleRate,
    channels: track.config.channels,
  };
}
