// Which tracks of a source still send. A player of a muxed playlist stops where its last track stops, so a track that
// falls silent has to leave the playlist, and comes back into it when it speaks again.

import { ticksOfMs, ticksOfSeconds } from '../media/ticks.ts';
import type { TrackKind } from '../media/track.ts';

/** A track is lost when the other one has gone on for 3.5 s of media without it: longer than a stalled encoder's gap. */
export const TRACK_LOST = ticksOfMs(3_500);
/** A track of slow samples, such as one picture in ten seconds, is waited for as long as its samples lie apart, and this much longer. */
const SLOW_TRACK_ROOM = 1.2;
/** No track is waited for longer than 12 s. A single picture tells nothing yet: the next one may come this late. */
export const MAX_TRACK_SILENCE = ticksOfSeconds(12);
/** How much the longest distance counts a sample later: a pause is forgotten, a slow rate stays known. */
const LONGEST_STEP_FADE = 0.8;

/** Times are ticks of the common scale. */
type Seen = {
  /** The newest time of any track when this one last spoke. */
  seenAt: number;
  /** Its own newest time. */
  lastTime: number;
  /** About the longest of the last distances; undefined after one sample. */
  longestStep: number | undefined;
};

/** Counts progress by the arrival of samples, not by their times: tracks that are apart stay so, and are both there. */
export class TrackPresence {
  #newest = Number.NEGATIVE_INFINITY;
  readonly #seen: Record<TrackKind, Seen | undefined> = { video: undefined, audio: undefined };

  /** A sample of this track came; `time` on the source's timeline, ticks of the common scale. */
  note(kind: TrackKind, time: number): void {
    if (time > this.#newest) this.#newest = time;
    const seen = this.#seen[kind];
    if (seen === undefined) {
      this.#seen[kind] = { seenAt: this.#newest, lastTime: time, longestStep: undefined };
      return;
    }
    const step = time - seen.lastTime;
    seen.longestStep = Math.max(step, Math.round((seen.longestStep ?? 0) * LONGEST_STEP_FADE));
    seen.lastTime = time;
    seen.seenAt = this.#newest;
  }

  /** Whether the track has spoken, and not fallen silent since. */
  isPresent(kind: TrackKind): boolean {
    const seen = this.#seen[kind];
    return seen !== undefined && this.#newest - seen.seenAt <= maxSilence(kind, seen);
  }
}

function maxSilence(kind: TrackKind, { longestStep }: Seen): number {
  // Only pictures come so slowly.
  if (kind === 'audio') return TRACK_LOST;
  if (longestStep === undefined) return MAX_TRACK_SILENCE;
  return Math.min(Math.max(longestStep * SLOW_TRACK_ROOM, TRACK_LOST), MAX_TRACK_SILENCE);
}
