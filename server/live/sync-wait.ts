// Where decoding starts in the middle of a source: each video track at its own key frame, sound with the first picture.

import type { Sample } from '../media/sample.ts';
import type { TrackId } from '../media/track.ts';

export class SyncWait {
  readonly #begun = new Set<TrackId>();
  /** Video tracks before their second key frame. */
  readonly #atStart = new Set<TrackId>();
  #hasPicture = false;

  /** Whether a sample can be decoded after the earlier accepted ones. `hasVideo`: the source has a video track. */
  passes(sample: Sample, hasVideo: boolean): boolean {
    if (this.#begun.has(sample.trackId)) return this.#canDecode(sample);
    const begins = sample.kind === 'video' ? sample.isSync : this.#hasPicture || !hasVideo;
    if (!begins) return false;
    this.#begun.add(sample.trackId);
    if (sample.kind === 'video') {
      this.#hasPicture = true;
      this.#atStart.add(sample.trackId);
    }
    return true;
  }

  /** Leading pictures of the first key frame refer to earlier pictures. */
  #canDecode({ trackId, isSync, isLeading }: Sample): boolean {
    if (isSync) this.#atStart.delete(trackId);
    return isLeading !== true || !this.#atStart.has(trackId);
  }
}
