// One pass over length-prefixed NAL units (ISO 14496-15 clause 5.2.3): where a picture starts and ends in a message, and
// its properties. It allocates nothing: the object is reused for each message.

import {
  beginsAccessUnit,
  isSlice,
  MAX_NAL_UNITS,
  NAL_IDR,
  NAL_PPS,
  NAL_SEI,
  NAL_SPS,
  nalType,
  startCodeBytes,
} from './avc-nal.ts';
import { SliceHeader } from './avc-slice-header.ts';
import type { SliceSyntax } from './avc-sps.ts';

/** Annex D.1.1: payloadType of a recovery point. */
const SEI_RECOVERY_POINT = 6;
/** Parameter sets, SEI and delimiters are searched for start codes up to this size; real ones are far shorter. */
const MAX_SEARCHED_BYTES = 512;

export class AvcScan {
  /** Where the next picture begins; the length of the data if it has one picture or a piece of one. */
  end = 0;
  hasSlice = false;
  /** A slice is of an IDR picture: a decoder can start here. */
  isIdr = false;
  /** The SEI announces a recovery point (annex D.2.8), at this picture or some pictures later. */
  hasRecoveryPoint = false;
  /** The recovery point is this picture: recovery_frame_cnt is 0. */
  isRecoveryPoint = false;
  /** All slices are I slices. */
  isIntra = true;
  hasParameterSets = false;
  /** There is a unit that begins an access unit. */
  hasPrefix = false;
  /** nal_ref_idc of a slice is not 0: later pictures may need this one. */
  isReference = false;
  /** first_mb_in_slice of the first slice is 0. */
  startsPicture = false;
  sliceCount = 0;
  /** Position of the first slice's NAL unit. */
  sliceStart = 0;
  sliceEnd = 0;
  /** The last slices are a second field: the frame is complete. */
  hasBothFields = false;
  readonly #first = new SliceHeader();
  readonly #other = new SliceHeader();

  /**
   * Walks from `start` up to the next picture.
   * @returns false if the lengths do not add up to the data, or a NAL unit is empty or contains a start code. Such data must
   * be repaired first.
   */
  walk(data: Buffer, lengthSize: number, start: number, syntax: SliceSyntax): boolean {
    this.#reset(data.length);
    let offset = start;
    let boundary = -1;
    for (let count = 0; offset < data.length; count += 1) {
      if (count === MAX_NAL_UNITS || data.length - offset < lengthSize) return false;
      const at = offset + lengthSize;
      const length = lengthSize === 4 ? data.readUInt32BE(offset) : data.readUIntBE(offset, lengthSize);
      if (length === 0 || length > data.length - at) return false;
      const type = nalType(data[at] ?? 0);
      if (isSlice(type)) {
        if (this.hasSlice && this.#isNextPicture(data, at, at + length, syntax)) {
          this.end = boundary === -1 ? offset : boundary;
          return true;
        }
        boundary = -1;
        this.#noteSlice(data, at, at + length, type);
      } else {
        if (hasStartCode(data, at, at + length, type)) return false;
        if (this.hasSlice) {
          if (boundary === -1 && beginsAccessUnit(type)) boundary = offset;
        } else this.#notePrefix(data, at, at + length, type);
      }
      offset = at + length;
    }
    return offset > start;
  }

  /** Whether the first slice is a field without its second field. */
  isLoneField(data: Buffer, syntax: SliceSyntax): boolean {
    if (!syntax.mayHaveFields || this.hasBothFields) return false;
    this.#first.read(data, this.sliceStart, this.sliceEnd, syntax);
    return this.#first.isField;
  }

  #reset(end: number): void {
    this.end = end;
    this.hasSlice = false;
    this.isIdr = false;
    this.hasRecoveryPoint = false;
    this.isRecoveryPoint = false;
    this.isIntra = true;
    this.hasParameterSets = false;
    this.hasPrefix = false;
    this.isReference = false;
    this.startsPicture = false;
    this.sliceCount = 0;
    this.hasBothFields = false;
  }

  #noteSlice(data: Buffer, at: number, end: number, type: number): void {
    this.sliceCount += 1;
    if (type === NAL_IDR) this.isIdr = true;
    if (((data[at] ?? 0) & 0b110_0000) !== 0) this.isReference = true;
    this.isIntra &&= this.#other.isIntra(data, at, end);
    if (this.hasSlice) return;
    this.hasSlice = true;
    this.sliceStart = at;
    this.sliceEnd = end;
    this.startsPicture = startsPicture(data, at);
  }

  #notePrefix(data: Buffer, at: number, end: number, type: number): void {
    if (beginsAccessUnit(type)) this.hasPrefix = true;
    if (type === NAL_SPS || type === NAL_PPS) this.hasParameterSets = true;
    else if (type === NAL_SEI) {
      const recoveryPoint = findRecoveryPoint(data, at + 1, end);
      if (recoveryPoint === -1) return;
      this.hasRecoveryPoint = true;
      // recovery_frame_cnt is a ue(v), and 0 is a single bit.
      this.isRecoveryPoint = ((data[recoveryPoint] ?? 0) & 0x80) !== 0;
    }
  }

  /** Whether a slice after another one begins a picture; for progressive video first_mb_in_slice decides. */
  #isNextPicture(data: Buffer, at: number, end: number, syntax: SliceSyntax): boolean {
    if (!startsPicture(data, at)) return false;
    if (!syntax.mayHaveFields && !syntax.hasSeparatePlanes) return true;
    this.#first.read(data, this.sliceStart, this.sliceEnd, syntax);
    this.#other.read(data, at, end, syntax);
    if (this.#other.isSecondFieldOf(this.#first)) {
      const isThird = this.hasBothFields;
      this.hasBothFields = true;
      return isThird;
    }
    return !this.#other.isOfSamePicture(this.#first);
  }
}

/** first_mb_in_slice is the first field of the header, and ue(v) 0 is a single bit. */
function startsPicture(data: Buffer, at: number): boolean {
  return ((data[at + 1] ?? 0) & 0x80) !== 0;
}

/** Whether a NAL unit other than a slice contains a start code. */
function hasStartCode(data: Buffer, at: number, end: number, type: number): boolean {
  if (type === 0) return startCodeBytes(data, at, end) > 0;
  if (!beginsAccessUnit(type)) return false;
  const last = Math.min(end, at + MAX_SEARCHED_BYTES) - 2;
  for (let index = at + 1; index < last; index += 1) {
    if (data[index + 2] === 1 && data[index + 1] === 0 && data[index] === 0) return true;
  }
  return false;
}

/**
 * SEI messages of one NAL unit (clause 7.3.2.3); the first ones are not moved by emulation prevention.
 * @returns where the payload of a recovery point begins; -1 if there is none
 */
function findRecoveryPoint(data: Buffer, start: number, end: number): number {
  let at = start;
  while (end - at > 2) {
    let type = 0;
    while (data[at] === 0xff && at < end) {
      type += 0xff;
      at += 1;
    }
    type += data[at] ?? 0;
    at += 1;
    let size = 0;
    while (data[at] === 0xff && at < end) {
      size += 0xff;
      at += 1;
    }
    size += data[at] ?? 0;
    at += 1;
    if (type === SEI_RECOVERY_POINT) return at;
    at += size;
  }
  return -1;
}
