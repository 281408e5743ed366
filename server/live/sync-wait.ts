// Where decoding starts for whoever begins in the middle: each video track at a key frame of its own, sound as soon as there
// is a picture with it.

import type { Sample } from '../media/sample.ts';
import type { TrackId } from '../media/track.ts';

export class SyncWait {
  readonly #begun = new Set<TrackId>();
  #hasPicture = false;

  /** Whether a sample can be decoded with those that were let through before it. `hasVideo`: the source has a video track. */
  passes(sample: Sample, hasVideo: boolean): boolean {
    if (this.#begun.has(sample.trackId)) return true;
    const begins = sample.kind === 'video' ? sample.isSync : this.#hasPicture || !hasVideo;
    if (!begins) return false;
    this.#begun.add(sample.trackId);
    if (sample.kind === 'video') this.#hasPicture = true;
    return true;
  }
}
