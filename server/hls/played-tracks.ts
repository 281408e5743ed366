// Which tracks of a source HLS plays: the first of each kind.
//
// This is the one place that says so, and why. Parts are muxed: picture and sound in one part are one request for each part and one
// playlist to poll, for half of what two would cost. A further video track would be a variant and a further audio track a rendition
// of its own (RFC 8216bis clauses 4.4.6.1 and 4.4.6.2); both need segments that are cut where those of the first are, with the same
// numbers and dates, which nothing here does yet. The assembler announces tracks in the encoder's order: the first is its main one.

import type { Track, TrackId, TrackKind } from '../media/track.ts';

/** Said of every other track, once for each source. */
export const NOT_PLAYED = 'HLS plays the first video and the first audio track of a source';

export class PlayedTracks {
  readonly #ids: Record<TrackKind, TrackId | undefined> = { video: undefined, audio: undefined };
  readonly #others = new Set<TrackId>();
  readonly #onOther: (id: TrackId) => void;

  /** `onOther` is told once of each track that is not played. */
  constructor(onOther: (id: TrackId) => void) {
    this.#onOther = onOther;
  }

  /** A source announces a track. @returns whether it is played */
  takes({ kind, id }: Track): boolean {
    this.#ids[kind] ??= id;
    if (this.#ids[kind] === id) return true;
    if (!this.#others.has(id)) {
      this.#others.add(id);
      this.#onOther(id);
    }
    return false;
  }

  /** Whether the samples of a track are played. */
  has(id: TrackId): boolean {
    return this.#ids.video === id || this.#ids.audio === id;
  }
}
