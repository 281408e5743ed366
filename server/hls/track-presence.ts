// Detects which tracks of a source still send. A player of a muxed playlist stops at the end of one track. So a track that is silent,
// and that nothing replaces (decision 4), leaves with the next run and returns when it sends again.

import { ticksOfMs, ticksOfSeconds } from '../media/ticks.ts';
import type { TrackKind } from '../media/track.ts';

/** A track is lost if the other one continued for 3.5 s of media without it. */
export const TRACK_LOST = ticksOfMs(3_500);
/** For a slow track, such as one picture in ten seconds, the limit is its sample distance times this. */
const SLOW_TRACK_ROOM = 1.2;
/** The longest limit, 12 s; also used after a single picture. */
export const MAX_TRACK_SILENCE = ticksOfSeconds(12);
/** Decay of the longest distance per sample: a pause is forgotten, a slow rate is not. */
const LONGEST_STEP_FADE = 0.8;

/** Times are ticks of the common scale. */
type Seen = {
  /** The newest time of any track at this track's last sample. */
  seenAt: number;
  /** Its own newest time. */
  lastTime: number;
  /** About the longest of the last distances; undefined after one sample. */
  longestStep: number | undefined;
};

/** Uses the arrival order of samples, because the times of tracks may be apart. */
export class TrackPresence {
  #newest = Number.NEGATIVE_INFINITY;
  readonly #seen: Record<TrackKind, Seen | undefined> = { video: undefined, audio: undefined };

  /** A sample of this track arrived; `time` on the source's timeline, ticks of the common scale. */
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

  /** Whether the track sends. */
  isPresent(kind: TrackKind): boolean {
    const seen = this.#seen[kind];
    return seen !== undefined && this.#newest - seen.seenAt <= maxSilence(kind, seen);
  }
}

function maxSilence(kind: TrackKind, { longestStep }: Seen): number {
  // Only pictures are that slow.
  if (kind === 'audio') return TRACK_LOST;
  if (longestStep === undefined) return MAX_TRACK_SILENCE;
  return Math.min(Math.max(longestStep * SLOW_TRACK_ROOM, TRACK_LOST), MAX_TRACK_SILENCE);
}
