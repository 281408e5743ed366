// A stream begins with segments of a few parts, until the wanted length or the first sync sample. hls.js 1.7.4 begins with a
// whole segment and requests no parts while the open segment is longer than what it has loaded, so it would stall until the
// open segment is complete.

/** Parts of the first segment, which makes a stream playable, and of each that follows; 0 lets segments run their length. */
export type OpeningParts = { readonly first: number; readonly following: number };

export const NO_OPENING: OpeningParts = { first: 0, following: 0 };

export class OpeningSegments {
  readonly #partTicks: number;
  readonly #segmentTicks: number;
  /** Parts of each opening segment; 0 after the opening. */
  #parts: number;
  #partsLeft: number;
  #endTicks = 0;

  constructor({ first, following }: OpeningParts, partTicks: number, segmentTicks: number) {
    this.#parts = following;
    this.#partsLeft = first;
    this.#partTicks = partTicks;
    this.#segmentTicks = segmentTicks;
  }

  /** The stream's first sample has this `dts`. */
  begin(dts: number): void {
    this.#endTicks = dts + this.#segmentTicks;
  }

  /** A segment starts with a sync sample: segments have their full length from now on. */
  finish(): void {
    this.#parts = 0;
  }

  /** A part ends at `end` in a segment that began at `segmentStart`. @returns whether the segment ends with it */
  endsSegment(end: number, segmentStart: number, hasMedia: boolean): boolean {
    if (this.#parts === 0) return false;
    this.#partsLeft -= 1;
    // The rest of the opening is at least one more segment, or belongs to this one.
    const isFirst = segmentStart + this.#segmentTicks === this.#endTicks;
    const isLast = end + this.#parts * this.#partTicks > this.#endTicks;
    if (this.#partsLeft > 0 || !hasMedia || (isLast && !isFirst)) return false;
    this.#partsLeft = this.#parts;
    return true;
  }
}
