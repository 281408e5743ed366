// Watching behind live: whether the playlist reaches far enough back for it, and where in it playback stands.

/** What can be played, in seconds of the video's own time; `endS` is where live playback stands. */
export type PlayableRange = { readonly startS: number; readonly endS: number };

/** A shorter past is what any live playlist has; a bar for it would only be in the way. */
const WORTH_A_BAR_S = 30;
/** The oldest segment leaves while it is looked at: a viewer is kept this far from it. */
const FROM_OLDEST_S = 6;
/** Nearer to live than this is live. */
const AT_LIVE_S = 3;

/** Whether the past is long enough to go back into. */
export function canShift(range: PlayableRange | undefined): range is PlayableRange {
  return range !== undefined && range.endS - range.startS >= WORTH_A_BAR_S;
}

/** Whether a position is watched for its own sake, and not a live position that fell behind. */
export function isShifted(range: PlayableRange | undefined, positionS: number): boolean {
  return canShift(range) && isBehindLive(range.endS - positionS);
}

/** Whether so many seconds are farther from live than what counts as live. */
export function isBehindLive(seconds: number): boolean {
  return seconds > AT_LIVE_S;
}

/** The nearest position that stays playable for a while. */
export function playablePosition(range: PlayableRange, positionS: number): number {
  return Math.min(Math.max(positionS, range.startS + FROM_OLDEST_S), range.endS);
}
