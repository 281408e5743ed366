// Positions at the boundary between two runs of a playlist: where the next one begins, and which appends cannot be
// played.

/** The used fields of a fragment: seconds of the video's own time, and the number of its run. */
type Span = { readonly start: number; readonly end: number; readonly cc: number };

/** The used fields of a playlist; hls.js leaves the open segment out of `fragments`. */
type Listed = {
  readonly fragments: readonly Span[];
  readonly fragmentHint?: Span;
  readonly edge: number;
  readonly endCC: number;
};

/** What is buffered, in seconds of the video's own time. */
type Ranges = readonly (readonly [startS: number, endS: number])[];

/** When the buffer is empty, the clock may be slightly past the last sample. */
const PAST_END_S = 0.1;
/** Media that was just appended but ends this far past the buffer: the tracks of a source never differ by so much. */
const IN_VAIN_S = 1;
/** A position so far before the boundary was reached by a seek. It is not the end of the buffer. */
const SOUGHT_BACK_S = 1;

/** The run after the last discontinuity. After a delta update hls.js leaves the open segment out of its own count. */
export function newestRun(listed: Listed): { readonly number: number; readonly startS: number } {
  const { fragments, fragmentHint } = listed;
  const frags = fragmentHint === undefined ? fragments : [...fragments, fragmentHint];
  const number = frags.at(-1)?.cc ?? listed.endCC;
  return { number, startS: frags.find(({ cc }) => cc === number)?.start ?? listed.edge };
}

/** The position up to which playback needs no jump; undefined where nothing is buffered, as after a seek. */
export function playableEndS(ranges: Ranges, positionS: number): number | undefined {
  return ranges.find(([startS, endS]) => positionS >= startS && positionS <= endS + PAST_END_S)?.[1];
}

/**
 * Where to begin when the rest of `run` has been played or cannot be played: at the start of the next run. After a seek into
 * another run, or back from the boundary, it is the current position. `boundaryS` is Infinity when no boundary was found.
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
  // A new run may consist of its open segment only.
  const newest = newestRun(listed);
  return newest.number > run ? newest.startS : positionS;
}

/**
 * Whether what has just been appended cannot be played. A muxed source buffer ends where its shortest track ends (Media
 * Source Extensions, HTMLMediaElement). After a seek there are ranges elsewhere, which say nothing about it.
 */
export function isInVain(
  appended: { readonly start: number; readonly end: number },
  ranges: Ranges,
): boolean {
  return !ranges.some(([startS, endS]) => startS < appended.end && endS >= appended.end - IN_VAIN_S);
}
