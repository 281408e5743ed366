// The fields of a slice header that distinguish one picture from the next (ITU-T H.264 clauses 7.3.3 and 7.4.1.2.4).

import { NAL_IDR, nalType } from './avc-nal.ts';
import type { SliceSyntax } from './avc-sps.ts';

/** None of these fields exceeds 16 bits; more leading zeros mean damaged data. */
const MAX_LEADING_ZEROS = 24;

/** slice_type of table 7-6: only I macroblocks, in this slice or in the whole picture. */
const SLICE_I = 2;
const ALL_SLICES_I = 7;

/** The object is reused for every slice. Past the end it reads zeros. */
export class SliceHeader {
  isIdr = false;
  isReference = false;
  firstMacroblock = 0;
  parameterSetId = 0;
  frameNum = 0;
  isField = false;
  isBottomField = false;
  idrPictureId = 0;
  pictureOrder = 0;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #bit = 0;
  #byte = 0;
  #zeros = 0;

  /** The slice's NAL unit is `start` to `end`, including the header byte. */
  read(bytes: Uint8Array, start: number, end: number, syntax: SliceSyntax): void {
    const header = bytes[start] ?? 0;
    this.#enter(bytes, start, end);
    this.isIdr = nalType(header) === NAL_IDR;
    this.isReference = (header & 0b110_0000) !== 0;
    this.firstMacroblock = this.#ue();
    this.#ue();
    this.parameterSetId = this.#ue();
    if (syntax.hasSeparatePlanes) this.#bits(2);
    this.frameNum = this.#bits(syntax.frameNumBits);
    this.isField = syntax.mayHaveFields && this.#bits(1) === 1;
    this.isBottomField = this.isField && this.#bits(1) === 1;
    this.idrPictureId = this.isIdr ? this.#ue() : 0;
    this.pictureOrder = this.#bits(syntax.pictureOrderBits);
    this.#bytes = NO_BYTES;
  }

  /** Whether the slice at `start` up to `end` refers to no other picture. */
  isIntra(bytes: Uint8Array, start: number, end: number): boolean {
    this.#enter(bytes, start, end);
    this.#ue();
    const type = this.#ue();
    this.#bytes = NO_BYTES;
    return type === SLICE_I || type === ALL_SLICES_I;
  }

  /** Whether both slices belong to one primary coded picture (clause 7.4.1.2.4). */
  isOfSamePicture(other: SliceHeader): boolean {
    return (
      this.frameNum === other.frameNum &&
      this.parameterSetId === other.parameterSetId &&
      this.isField === other.isField &&
      this.isBottomField === other.isBottomField &&
      this.isReference === other.isReference &&
      this.isIdr === other.isIdr &&
      this.idrPictureId === other.idrPictureId &&
      this.pictureOrder === other.pictureOrder
    );
  }

  /** Whether this is the second field of the frame whose first field is `first` (clause 3.30, complementary field pair). */
  isSecondFieldOf(first: SliceHeader): boolean {
    return (
      this.isField &&
      first.isField &&
      this.isBottomField !== first.isBottomField &&
      this.frameNum === first.frameNum &&
      !this.isIdr
    );
  }

  /** Goes to the first bit after the NAL unit's header. */
  #enter(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start + 1;
    this.#end = end;
    this.#bit = 0;
    this.#zeros = 0;
  }

  #bits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) value = value * 2 + this.#nextBit();
    return value;
  }

  /** ue(v), clause 9.1. */
  #ue(): number {
    let zeros = 0;
    while (zeros < MAX_LEADING_ZEROS && this.#nextBit() === 0) zeros += 1;
    return 2 ** zeros - 1 + this.#bits(zeros);
  }

  #nextBit(): number {
    if (this.#bit === 0) {
      this.#byte = this.#nextByte();
      this.#bit = 8;
    }
    this.#bit -= 1;
    return (this.#byte >> this.#bit) & 1;
  }

  /** Skips emulation prevention bytes (clause 7.4.1). */
  #nextByte(): number {
    if (this.#zeros >= 2 && this.#bytes[this.#at] === 3 && this.#at < this.#end) {
      this.#at += 1;
      this.#zeros = 0;
    }
    const byte = this.#at < this.#end ? (this.#bytes[this.#at] ?? 0) : 0;
    this.#at += 1;
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    return byte;
  }
}

const NO_BYTES = new Uint8Array();
