// Finds pictures of a clip in MPEG-TS or fMP4 by bytes of their slices, so that the newest picture of a segment or part is
// known without its timestamps.

/** Bytes from the end of a slice at which a mark is taken. At least one of them is within one TS packet of 184 bytes. */
const MARK_OFFSETS = [20, 120, 220];
const MARK_BYTES = 16;
/** FLV annex E.4.3: frame type, packet type, composition time. */
const TAG_HEADER_BYTES = 5;
/** H.264 table 7-1: slices of other pictures and of key pictures. */
const SLICE_TYPES: readonly number[] = [1, 5];
const NAL_TYPE_MASK = 0x1f;

export class PictureFinder {
  readonly #marks: readonly (readonly Buffer[])[];
  #newest: number | undefined;

  /** @param bodies FLV video tags of the clip's pictures in their order */
  constructor(bodies: readonly Buffer[]) {
    this.#marks = bodies.map(marksOf);
  }

  /** The index of the newest picture in `media`, which follows the media of the last call; undefined without one. */
  newestIn(media: Buffer): number | undefined {
    const count = this.#marks.length;
    const start = this.#newest === undefined ? 0 : this.#newest + 1;
    let first: number | undefined;
    for (let step = 0; step < count && first === undefined; step += 1) {
      const index = (start + step) % count;
      if (this.#has(media, index)) first = index;
    }
    if (first === undefined) return undefined;
    let newest = first;
    for (let steps = 1; steps < count && this.#has(media, (newest + 1) % count); steps += 1) {
      newest = (newest + 1) % count;
    }
    this.#newest = newest;
    return newest;
  }

  #has(media: Buffer, index: number): boolean {
    return this.#marks[index]?.some((mark) => media.includes(mark)) ?? false;
  }
}

/** Marks of the last slice of a picture. */
function marksOf(body: Buffer): readonly Buffer[] {
  let slice: Buffer | undefined;
  for (let at = TAG_HEADER_BYTES; at + 4 < body.length; ) {
    const length = body.readUInt32BE(at);
    const nal = body.subarray(at + 4, at + 4 + length);
    if (SLICE_TYPES.includes((nal[0] ?? 0) & NAL_TYPE_MASK)) slice = nal;
    at += 4 + length;
  }
  const bytes = slice ?? Buffer.alloc(0);
  return MARK_OFFSETS.filter((offset) => offset + MARK_BYTES < bytes.length).map((offset) =>
    bytes.subarray(bytes.length - offset - MARK_BYTES, bytes.length - offset),
  );
}
