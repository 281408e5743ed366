// A stream opens with segments of a few parts, until the wanted length or the first sync sample: hls.js 1.7.4, which begins with a
// whole segment, asks for no parts behind it while more of them are listed than it has loaded, and would run dry until the
// open segment is complete.

export class OpeningSegments {
  readonly #partTicks: number;
  readonly #segmentTicks: number;
  /** Parts of each opening segment; 0 once the opening is over. */
  #parts: number;
  #partsLeft: number;
  #endTicks = 0;

  /** `parts` 0 makes no opening. */
  constructor(parts: number, partTicks: number, segmentTicks: number) {
    this.#parts = parts;
    this.#partsLeft = parts;
    this.#partTicks = partTicks;
    this.#segmentTicks = segmentTicks;
  }

  /** The stream's first sample comes at `dts`. */
  begin(dts: number): void {
    this.#endTicks = dts + this.#segmentTicks;
  }

  /** A segment starts in sync: segments have their full length from here on. */
  finish(): void {
    this.#parts = 0;
  }

  /** A part ends at `end` in a segment that began at `segmentStart`. @returns whether the segment ends with it */
  endsSegment(end: number, segmentStart: number, hasMedia: boolean): boolean {
    if (this.#parts === 0) return false;
    this.#partsLeft -= 1;
    // What is left of the opening is another such segment at least, or part of this one.
    const isFirst = segmentStart + this.#segmentTicks === this.#endTicks;
    const isLast = end + this.#parts * this.#partTicks > this.#endTicks;
    if (this.#partsLeft > 0 || !hasMedia || (isLast && !isFirst)) return false;
    this.#partsLeft = this.#parts;
    return true;
  }
}
