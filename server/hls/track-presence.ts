// Which tracks of a source still send. A player of a muxed playlist stops where its last track stops, so a track that
// falls silent has to leave the playlist, and comes back into it when it speaks again.

import type { TrackKind } from '../media/track.ts';

/**
 * A track is lost when the other one has gone on for this long without it, seconds of media: longer than the longest
 * step that is no jump of the clock, so that a slide show at one picture in three seconds stays a video.
 */
export const TRACK_LOST_S = 3.5;

/** Counts progress by the arrival of samples, not by their times: tracks that are apart stay so, and are both there. */
export class TrackPresence {
  #newest = Number.NEGATIVE_INFINITY;
  /** The newest time of any track when a track last spoke. */
  readonly #seenAt: Record<TrackKind, number | undefined> = { video: undefined, audio: undefined };

  /** A sample of this track came; `time` in seconds on the source's timeline. */
  note(kind: TrackKind, time: number): void {
    if (time > this.#newest) this.#newest = time;
    this.#seenAt[kind] = this.#newest;
  }

  /** Whether the track has spoken, and not fallen silent since. */
  isPresent(kind: TrackKind): boolean {
    const seenAt = this.#seenAt[kind];
    return seenAt !== undefined && this.#newest - seenAt <= TRACK_LOST_S;
  }
}
