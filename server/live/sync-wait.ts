// Where decoding starts in the middle of a source: each video track at its own key frame, sound with the first picture.

import type { Sample } from '../media/sample.ts';
import type { TrackId } from '../media/track.ts';

export class SyncWait {
  readonly #begun = new Set<TrackId>();
  #hasPicture = false;

  /** Whether a sample can be decoded after the earlier accepted ones. `hasVideo`: the source has a video track. */
  passes(sample: Sample, hasVideo: boolean): boolean {
    if (this.#begun.has(sample.trackId)) return true;
    const begins = sample.kind === 'video' ? sample.isSync : this.#hasPicture || !hasVideo;
    if (!begins) return false;
    this.#begun.add(sample.trackId);
    if (sample.kind === 'video') this.#hasPicture = true;
    return true;
  }
}
