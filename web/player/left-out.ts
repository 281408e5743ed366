// Where playback continues that has stopped before a hole. hls.js skips a hole in the buffer after 1.25 s. It never skips
// one when it loads nothing after it.

/** Some browsers do not play the last part of the buffer when it is shorter than this. */
const DRY_S = 0.2;
/** Longer holes are gaps that seeks leave between ranges: hls.js loads them. */
const MAX_HOLE_S = 0.5;
/** A shorter stop may fall between two loads. Not a number of looks: a busy page makes up for missed ones at once. */
const LEAST_MS = 250;

/** Seconds of the video's own time. */
export type LeftOutFacts = {
  readonly positionS: number;
  /** The end of what can be played from there. */
  readonly endS: number;
  /** Where the next buffered range begins. */
  readonly nextRangeS: number | undefined;
  /** The start of the next segment that lists enough parts to play. */
  readonly nextSegmentS: number | undefined;
  /** Media is being loaded or appended. */
  readonly isLoading: boolean;
};

/** Call this a few times a second while playing; `nowMs` is of a monotonic clock. */
export class LeftOut {
  #positionS = Number.NaN;
  #standsSinceMs = 0;

  /** Where to continue; undefined while there is no hole to skip. */
  look(nowMs: number, facts: LeftOutFacts): number | undefined {
    const { positionS } = facts;
    const goOnS = beyondHole(facts);
    if (positionS !== this.#positionS || goOnS === undefined) this.#standsSinceMs = nowMs;
    this.#positionS = positionS;
    if (nowMs - this.#standsSinceMs < LEAST_MS) return undefined;
    this.#standsSinceMs = nowMs;
    return goOnS;
  }
}

function beyondHole({
  positionS,
  endS,
  nextRangeS,
  nextSegmentS,
  isLoading,
}: LeftOutFacts): number | undefined {
  if (endS - positionS >= DRY_S) return undefined;
  if (nextRangeS !== undefined) return nextRangeS - endS <= MAX_HOLE_S ? nextRangeS : undefined;
  return isLoading ? undefined : nextSegmentS;
}
