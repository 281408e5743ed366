// Positions at the boundary between two runs of a playlist: where the next one begins, and what is appended beyond reach.

/** What is read of a fragment: seconds of the video's own time, and the number of its run. */
type Span = { readonly start: number; readonly end: number; readonly cc: number };

/** What is read of a playlist; hls.js leaves the open segment out of `fragments`. */
type Listed = {
  readonly fragments: readonly Span[];
  readonly fragmentHint?: Span;
  readonly edge: number;
  readonly endCC: number;
};

/** What is buffered, in seconds of the video's own time. */
type Ranges = readonly (readonly [startS: number, endS: number])[];

/** The clock of a playback that has run dry may be a little past the last sample. */
const PAST_END_S = 0.1;
/** Beyond the end of the buffer although it has just been appended: more than the tracks of any source are apart. */
const IN_VAIN_S = 1;
/** So far before the boundary playback stands where a seek has led it, and not at the end of what there is. */
const SOUGHT_BACK_S = 1;

/** What begins behind the last discontinuity; hls.js leaves the open segment out of its own count after a delta update. */
export function newestRun(listed: Listed): { readonly number: number; readonly startS: number } {
  const { fragments, fragmentHint } = listed;
  const frags = fragmentHint === undefined ? fragments : [...fragments, fragmentHint];
  const number = frags.at(-1)?.cc ?? listed.endCC;
  return { number, startS: frags.find(({ cc }) => cc === number)?.start ?? listed.edge };
}

/** Until where playback can go without a jump; undefined where nothing is buffered, as after a seek. */
export function playableEndS(ranges: Ranges, positionS: number): number | undefined {
  return ranges.find(([startS, endS]) => positionS >= startS && positionS <= endS + PAST_END_S)?.[1];
}

/**
 * Where to begin once what is left of `run` has been played out, or cannot be: where the next run begins; where playback
 * stands, when a seek has led it into another run, or back from the boundary (at Infinity when it was found nowhere).
 */
export function nextStartS(
  listed: Listed | null,
  run: number,
  at: { readonly positionS: number; readonly boundaryS: number },
): number {
  const { positionS, boundaryS } = at;
  if (listed === null || positionS < boundaryS - SOUGHT_BACK_S) return positionS;
  const current = listed.fragments.find(({ start, end }) => positionS >= start && positionS < end);
  if (current !== undefined && current.cc !== run) return positionS;
  const next = listed.fragments.find(({ cc }) => cc > run);
  if (next !== undefined) return next.start;
  // A young run may have nothing but its open segment.
  const newest = newestRun(listed);
  return newest.number > run ? newest.startS : positionS;
}

/**
 * Whether what has just been appended can be played; a muxed source buffer reaches as far as the shortest of its tracks
 * (Media Source Extensions, HTMLMediaElement). After a seek there are ranges elsewhere, which say nothing of it.
 */
export function isInVain(
  appended: { readonly start: number; readonly end: number },
  ranges: Ranges,
): boolean {
  return !ranges.some(([startS, endS]) => startS < appended.end && endS >= appended.end - IN_VAIN_S);
}
