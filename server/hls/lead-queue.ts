// The leading track's samples of the open part.

import type { Sample } from '../media/sample.ts';
import { chargedBytes } from '../media/sample-queue.ts';
import type { Track } from '../media/track.ts';
import type { FragmentSample, FragmentTrack } from '../mp4/fragment.ts';
import { mp4TrackId } from '../mp4/track-id.ts';

export class LeadQueue {
  readonly #track: Track;
  #samples: FragmentSample[] = [];
  #start = 0;
  #hasSync = false;
  #bytes = 0;

  constructor(track: Track) {
    this.#track = track;
  }

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  get hasSync(): boolean {
    return this.#hasSync;
  }

  /** Memory of the samples. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /** `duration` is in ticks of the track. */
  push(sample: Sample, duration: number): void {
    const { dts, pts, isSync, data } = sample;
    if (this.isEmpty) this.#start = dts;
    if (isSync) this.#hasSync = true;
    this.#samples.push({ duration, compositionOffset: pts - dts, isSync, data });
    this.#bytes += chargedBytes(sample);
  }

  /** Takes all samples; undefined without one. */
  take(): FragmentTrack | undefined {
    if (this.isEmpty) return undefined;
    const { id, kind } = this.#track;
    const taken = { trackId: mp4TrackId(id), kind, baseDecodeTime: this.#start, samples: this.#samples };
    this.#samples = [];
    this.#bytes = 0;
    this.#hasSync = false;
    return taken;
  }
}
