// What has come in on one stream, counted as it comes; rates are taken from differences once a second.

import type { Sample } from '../media/sample.ts';
import { VIDEO_TIMESCALE } from '../media/track.ts';

export class IngestCounters {
  videoBytes = 0;
  audioBytes = 0;
  videoFrames = 0;
  /** Ticks of the last video sample, for frame rates that do not depend on when they are read. */
  lastVideoDts = 0;
  /** Distance of the last two key frames, milliseconds; undefined before the second. */
  keyFrameIntervalMs: number | undefined;
  #lastKeyDts: number | undefined;

  count(sample: Sample): void {
    if (sample.kind === 'audio') {
      this.audioBytes += sample.data.length;
      return;
    }
    this.videoBytes += sample.data.length;
    this.videoFrames += 1;
    this.lastVideoDts = sample.dts;
    if (!sample.isSync) return;
    const previous = this.#lastKeyDts;
    if (previous !== undefined && sample.dts > previous) {
      this.keyFrameIntervalMs = Math.round((sample.dts - previous) / (VIDEO_TIMESCALE / 1000));
    }
    this.#lastKeyDts = sample.dts;
  }
}
