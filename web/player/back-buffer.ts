// What lies behind the play position is given back by us, and at a moment of our choosing: hls.js does it when playback
// enters a segment, and forgets parts of the open segment when one of them is on its way into the buffer just then. It
// then waits for parts that it already has, until the next segment is complete: a stall of three seconds.

/** Enough for a decoder's repair and a step back; what a stream with a past needs beyond it is loaded again. */
const KEPT_S = 30;
/** Seldom: each time is a moment in which a part could come. */
const STEP_S = 30;

/** Until where to give back what is buffered from `bufferStartS` on; undefined while it is not worth it. */
export function giveBackUntil(bufferStartS: number, positionS: number): number | undefined {
  const untilS = positionS - KEPT_S;
  return untilS - bufferStartS >= STEP_S ? untilS : undefined;
}
