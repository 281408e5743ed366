// Playback behind live: whether the playlist reaches far enough back, and where in it the position is.

/** What can be played, in seconds of the video's own time; `endS` is where live playback stands. */
export type PlayableRange = { readonly startS: number; readonly endS: number };

/** Every live playlist has a shorter past; a seek bar for it would be useless. */
const WORTH_A_BAR_S = 30;
/** The oldest segment is removed while it plays: viewers are kept this far from it. */
const FROM_OLDEST_S = 6;
/** A position nearer to live than this counts as live. */
const AT_LIVE_S = 3;

/** Whether the past is long enough to seek into. */
export function canShift(range: PlayableRange | undefined): range is PlayableRange {
  return range !== undefined && range.endS - range.startS >= WORTH_A_BAR_S;
}

/** Whether the viewer chose this position, or it is a live position that fell behind. */
export function isShifted(range: PlayableRange | undefined, positionS: number): boolean {
  return canShift(range) && isBehindLive(range.endS - positionS);
}

/** Whether so many seconds behind live is more than what counts as live. */
export function isBehindLive(seconds: number): boolean {
  return seconds > AT_LIVE_S;
}

/** The nearest position that stays playable for a while. */
export function playablePosition(range: PlayableRange, positionS: number): number {
  return Math.min(Math.max(positionS, range.startS + FROM_OLDEST_S), range.endS);
}
