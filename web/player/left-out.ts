// Where playback that stands before a hole goes on. hls.js passes a hole in what is buffered after 1.25 s, and one behind which
// it loads nothing never.

/** What is nearer to the end of the buffer than this plays no more in some browsers. */
const DRY_S = 0.2;
/** Longer holes are what seeks leave between ranges: they are loaded. */
const MAX_HOLE_S = 0.5;
/** One look may fall between two loads. */
const LEAST_LOOKS = 2;

/** Seconds of the video's own time. */
export type LeftOutFacts = {
  readonly positionS: number;
  /** Until where playback can go on from there. */
  readonly endS: number;
  /** Where the next buffered range begins. */
  readonly nextRangeS: number | undefined;
  /** Where the next segment begins of which enough is listed to play on. */
  readonly nextSegmentS: number | undefined;
  /** Media is on its way, from the network or into the buffer. */
  readonly isLoading: boolean;
};

/** To be asked a few times a second while playing. */
export class LeftOut {
  #positionS = Number.NaN;
  #looks = 0;

  /** Where to go on; undefined while there is nothing to pass. */
  look(facts: LeftOutFacts): number | undefined {
    const { positionS } = facts;
    const goOnS = beyondHole(facts);
    const stands = positionS === this.#positionS && goOnS !== undefined;
    this.#positionS = positionS;
    this.#looks = stands ? this.#looks + 1 : 0;
    if (this.#looks < LEAST_LOOKS) return undefined;
    this.#looks = 0;
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
