// When to release the buffer behind the play position. hls.js releases it when playback enters a segment. If a part of
// the open segment is being appended at that moment, hls.js forgets parts of that segment. It then waits for parts that
// it already has until the next segment is complete: a stall of three seconds. So the page chooses the moment.

/** Enough for the repair of a decoder and a step back. A stream with a past loads what is older than this again. */
const KEPT_S = 30;
/** Rare, because a part could arrive during each release. */
const STEP_S = 30;

/** The end of the range to release, when the buffer starts at `bufferStartS`. Undefined while the range is too short. */
export function releaseUntil(bufferStartS: number, positionS: number): number | undefined {
  const untilS = positionS - KEPT_S;
  return untilS - bufferStartS >= STEP_S ? untilS : undefined;
}
