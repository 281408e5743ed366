// Once a second: counters become rates, one set of numbers per stream.

import type { LiveStream } from '../live/live-stream.ts';
import { type Track, VIDEO_TIMESCALE } from '../media/track.ts';
import type { StreamNumbers } from './stats-message.ts';

type Reading = { videoBytes: number; audioBytes: number; videoFrames: number; videoDts: number; at: number };

type Clocks = {
  /** Milliseconds since the Unix epoch. */
  readonly wallClock: () => number;
  /** Monotonic milliseconds: rates do not depend on a clock that is set. */
  readonly now: () => number;
};

/** Takes differences of one stream's counters. */
export class StreamMeter {
  readonly #stream: LiveStream;
  readonly #clocks: Clocks;
  #last: Reading;

  constructor(stream: LiveStream, clocks: Clocks) {
    this.#stream = stream;
    this.#clocks = clocks;
    this.#last = this.#read();
  }

  /** Rates since the last call. */
  measure(viewers: number): StreamNumbers {
    const last = this.#last;
    const present = this.#read();
    this.#last = present;
    const elapsed = Math.max(present.at - last.at, 1) / 1000;
    const frames = present.videoFrames - last.videoFrames;
    const mediaSeconds = (present.videoDts - last.videoDts) / VIDEO_TIMESCALE;
    const { keyFrameIntervalMs } = this.#stream.counters;
    const encoder = this.#stream.source?.encoder;
    return {
      vbps: Math.round(((present.videoBytes - last.videoBytes) * 8) / elapsed),
      abps: Math.round(((present.audioBytes - last.audioBytes) * 8) / elapsed),
      ...(frames > 0 && mediaSeconds > 0 ? { fps: Math.round((frames / mediaSeconds) * 100) / 100 } : {}),
      ...Object.assign({}, ...this.#stream.tracks.map(trackNumbers)),
      ...(keyFrameIntervalMs === undefined ? {} : { gopMs: keyFrameIntervalMs }),
      viewers,
      uptimeMs: Math.max(this.#clocks.wallClock() - this.#stream.startedAt, 0),
      ...(encoder === undefined ? {} : { encoder }),
    };
  }

  #read(): Reading {
    const { videoBytes, audioBytes, videoFrames, lastVideoDts } = this.#stream.counters;
    return { videoBytes, audioBytes, videoFrames, videoDts: lastVideoDts, at: this.#clocks.now() };
  }
}

function trackNumbers(track: Track): Partial<StreamNumbers> {
  if (track.kind === 'video') {
    const { width, height } = track.config.sps;
    return { width, height, videoCodec: track.config.codecString };
  }
  return {
    audioCodec: track.config.codecString,
    sampleRate: track.config.outputSampleRate,
    channels: track.config.channels,
  };
}
