// Decides which tracks of a source HLS plays: the first announced track of each kind.

import type { Track, TrackId, TrackKind } from '../media/track.ts';

/** The reason for every other track, reported once for each source. */
export const NOT_PLAYED = 'HLS plays the first video and the first audio track of a source';

/**
 * Parts are muxed: with picture and sound in one part, players make one request for each part and poll one playlist, which is
 * half of what two playlists cost. A further video track would be a variant, and a further audio track a rendition of its own (RFC
 * 8216bis clauses 4.4.6.1 and 4.4.6.2). Both need segments that are cut where those of the first track are, with the same numbers
 * and dates, and nothing cuts them like this yet. Encoders announce their main track first.
 */
export class PlayedTracks {
  readonly #ids: Record<TrackKind, TrackId | undefined> = { video: undefined, audio: undefined };
  readonly #others = new Set<TrackId>();
  readonly #onOther: (id: TrackId) => void;

  /** `onOther` is called once for each track that is not played. */
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
