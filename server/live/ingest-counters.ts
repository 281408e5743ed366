// Counts received media of one stream, also per track. Rates are computed from differences once a second.

import type { Sample } from '../media/sample.ts';
import { type TrackId, type TrackKind, VIDEO_TIMESCALE } from '../media/track.ts';

export class TrackCounters {
  readonly kind: TrackKind;
  bytes = 0;
  samples = 0;
  /** Ticks of the last sample, so that frame rates do not depend on the time of reading. */
  lastDts = 0;
  /** Distance of the last two key frames of the source's video track, milliseconds; undefined before the second. */
  keyFrameIntervalMs: number | undefined;
  #lastKeyDts: number | undefined;

  constructor(kind: TrackKind) {
    this.kind = kind;
  }

  count(sample: Sample): void {
    this.bytes += sample.data.length;
    this.samples += 1;
    this.lastDts = sample.dts;
    if (this.kind === 'audio' || !sample.isSync) return;
    const previous = this.#lastKeyDts;
    if (previous !== undefined && sample.dts > previous) {
      this.keyFrameIntervalMs = Math.round((sample.dts - previous) / (VIDEO_TIMESCALE / 1000));
    }
    this.#lastKeyDts = sample.dts;
  }

  /** Another source has a clock of its own. */
  startSource(): void {
    this.#lastKeyDts = undefined;
    this.keyFrameIntervalMs = undefined;
  }
}

export class IngestCounters {
  /** Of every track that has ever sent a sample. */
  readonly #tracks = new Map<TrackId, TrackCounters>();

  count(sample: Sample): void {
    let track = this.#tracks.get(sample.trackId);
    if (track === undefined) {
      track = new TrackCounters(sample.kind);
      this.#tracks.set(sample.trackId, track);
    }
    track.count(sample);
  }

  /** Another source follows. Sums continue, and distances are measured again. */
  startSource(): void {
    for (const track of this.#tracks.values()) track.startSource();
  }

  track(id: TrackId): TrackCounters | undefined {
    return this.#tracks.get(id);
  }

  /** In the order of their first samples. */
  tracks(): Iterable<TrackCounters> {
    return this.#tracks.values();
  }

  get videoBytes(): number {
    return this.#bytesOf('video');
  }

  get audioBytes(): number {
    return this.#bytesOf('audio');
  }

  #bytesOf(kind: TrackKind): number {
    let bytes = 0;
    for (const track of this.#tracks.values()) if (track.kind === kind) bytes += track.bytes;
    return bytes;
  }
}
