// Turns RTMP video messages into pictures: joins the parts of one access unit (ITU-T H.264 clauses 7.4.1.2.3 and
// 7.4.1.2.4), repairs or drops unreadable data, and applies parameter sets that arrive with the pictures.

import type { AvcConfig } from './avc.ts';
import { avcConfigOf, type ParameterSets, parameterSetsOf } from './avc.ts';
import { NAL_PPS, NAL_SPS, nalType } from './avc-nal.ts';
import { OpenGop } from './avc-open-gop.ts';
import { repairAccessUnit } from './avc-repair.ts';
import { AvcScan } from './avc-scan.ts';
import { SliceHeader } from './avc-slice-header.ts';
import { parseSps, type SliceSyntax } from './avc-sps.ts';

/** Data without a slice that arrives before its picture. Parameter sets and SEI have some kilobytes. */
const MAX_PREFIX_BYTES = 256 * 1024;
/** Messages with such data. Sources that send each NAL unit by itself send less than ten; each costs more memory than its bytes. */
export const MAX_PREFIX_MESSAGES = 64;
/** The size of one RTMP message. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** Messages of one picture: one for each row of macroblocks of the largest picture, and some more. */
const MAX_PICTURE_MESSAGES = 1_100;
/** The fields of a slice header that tell pictures apart, with emulation prevention bytes: less than 300 bits. */
const SLICE_HEADER_BYTES = 64;
/** Timestamps of the slices of one picture may differ, but by less than a frame at 25 fps. */
const MAX_PICTURE_SPAN_MS = 40;
/**
 * The messages of a picture follow each other. When another track is this far ahead, milliseconds, the picture is complete: the next
 * one may be seconds away, and sinks wait for the first picture.
 */
const MAX_PICTURE_WAIT_MS = 500;
/**
 * Pictures in one message; the rest is dropped. A message is handled in one turn, and 16 MiB of it could hold three million. Encoders put one
 * picture into a message.
 */
export const MAX_MESSAGE_PICTURES = 16;
const NO_DATA = Buffer.alloc(0);
/** Without a configuration, assume frames and no fields, as all encoders for the web send. */
const PLAIN_SYNTAX: SliceSyntax = {
  hasSeparatePlanes: false,
  frameNumBits: 4,
  mayHaveFields: false,
  pictureOrderBits: 4,
};

export type AvcPicturesEvents = {
  /** One access unit. `isFlaggedKey` comes from its messages, the other flags from its bytes. */
  readonly onPicture: (picture: AvcPicture) => void;
  /** Parameter sets arrived with a picture: it and the following pictures use this configuration. */
  readonly onConfig: (config: AvcConfig) => void;
  /** A message has no readable picture. `isReference`: later pictures may need it. */
  readonly onDamage: (timestamp: number, isReference: boolean) => void;
  /** A repaired picture, which plays. */
  readonly onRepaired: (how: 'odd-nal-units' | 'start-codes' | 'joined' | 'left-over' | 'open-gop') => void;
};

/** Valid during the call, as its data is: that may be a part of the message. */
export type AvcPicture = {
  timestamp: number;
  compositionMs: number;
  data: Buffer;
  /** An IDR picture: nothing behind it refers to anything before it. */
  isIdr: boolean;
  /** No IDR picture, but a recovery point of I slices: decoding can start here, and pictures shown before it are lost. */
  isOpenKey: boolean;
  isFlaggedKey: boolean;
  hasRecoveryPoint: boolean;
  isReference: boolean;
};

/** The video of one source. Complete pictures are passed on at once; see `#mustWait`. What waits for another message is copied. */
export class AvcPictures {
  readonly #events: AvcPicturesEvents;
  readonly #scan = new AvcScan();
  readonly #first = new SliceHeader();
  readonly #next = new SliceHeader();
  #config: AvcConfig | undefined;
  #syntax = PLAIN_SYNTAX;
  /** Data without a slice that belongs to the next picture. */
  #prefix: Buffer[] = [];
  #prefixBytes = 0;
  #prefixHasSets = false;
  #prefixHasRecoveryPoint = false;
  #prefixIsRecoveryPoint = false;
  /** The pieces of a waiting picture; empty when none waits. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #hasSets = false;
  #isRecoveryPoint = false;
  #isIntra = true;
  readonly #openGop = new OpenGop();
  readonly #picture: AvcPicture = {
    timestamp: 0,
    compositionMs: 0,
    data: NO_DATA,
    isIdr: false,
    isOpenKey: false,
    isFlaggedKey: false,
    hasRecoveryPoint: false,
    isReference: false,
  };
  /** The header of the latest picture's first slice, to decide whether a later slice belongs to it; 0 bytes before the first. */
  readonly #slice = Buffer.alloc(SLICE_HEADER_BYTES);
  #sliceBytes = 0;
  /** Whether this source sends pictures in several messages; undefined before the second message with a slice. */
  #splits: boolean | undefined;

  constructor(events: AvcPicturesEvents) {
    this.#events = events;
  }

  get config(): AvcConfig | undefined {
    return this.#config;
  }

  /** Whether a picture is incomplete. */
  get isWaiting(): boolean {
    return this.#pieces.length > 0;
  }

  /** Bytes of the incomplete picture. */
  get heldBytes(): number {
    return this.#pieceBytes + this.#prefixBytes;
  }

  /** A configuration arrived; a waiting picture belongs to the previous one. */
  configure(config: AvcConfig): void {
    this.flush();
    this.#use(config);
  }

  /** One message's NAL units. */
  push(message: Buffer, timestamp: number, compositionMs: number, isFlaggedKey: boolean): void {
    let data = message;
    const lengthSize = this.#config?.lengthSize ?? 4;
    let start = 0;
    for (let count = 0; start < data.length; count += 1) {
      if (count === MAX_MESSAGE_PICTURES) return this.#drop(data, lengthSize, start, timestamp);
      if (!this.#scan.walk(data, lengthSize, start, this.#syntax)) {
        const repaired = repairAccessUnit(start === 0 ? data : data.subarray(start), lengthSize);
        if (repaired === undefined || !this.#scan.walk(repaired.data, lengthSize, 0, this.#syntax))
          return this.#drop(data, lengthSize, start, timestamp);
        this.#events.onRepaired(repaired.hadStartCodes ? 'start-codes' : 'odd-nal-units');
        data = repaired.data;
        start = 0;
      }
      const { end } = this.#scan;
      const piece = start === 0 && end === data.length ? data : data.subarray(start, end);
      if (this.#scan.hasSlice) this.#addPicture(piece, data, timestamp, compositionMs, isFlaggedKey);
      else this.#addPrefix(piece);
      start = end;
    }
  }

  /** The source has ended: passes on a waiting picture. */
  flush(): void {
    if (this.#pieces.length === 0) return;
    const [only] = this.#pieces;
    const isJoined = this.#pieces.length > 1;
    this.#picture.data = isJoined || only === undefined ? Buffer.concat(this.#pieces) : only;
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (isJoined) this.#events.onRepaired('joined');
    const picture = this.#picture;
    if (this.#hasSets && (picture.isIdr || this.#config === undefined)) this.#takeSets(picture.data);
    picture.isOpenKey = !picture.isIdr && this.#isRecoveryPoint && this.#isIntra;
    if (picture.isIdr || picture.isOpenKey) this.#openGop.begin(picture.isIdr);
    const repaired = this.#openGop.repair(picture.data);
    if (repaired !== picture.data) this.#events.onRepaired('open-gop');
    picture.data = repaired;
    try {
      this.#events.onPicture(picture);
    } finally {
      // Or it would be kept, uncounted, until the next picture.
      picture.data = NO_DATA;
    }
  }

  /** Another track is at `timestamp`: a picture that has waited long enough is passed on. */
  passOn(timestamp: number): void {
    if (this.#pieces.length === 0 || ((timestamp - this.#picture.timestamp) | 0) <= MAX_PICTURE_WAIT_MS)
      return;
    this.#splits ??= false;
    this.flush();
  }

  #addPicture(
    piece: Buffer,
    data: Buffer,
    timestamp: number,
    compositionMs: number,
    isFlaggedKey: boolean,
  ): void {
    const scan = this.#scan;
    const isMore = this.#isOfLatest(data, timestamp);
    const isWaiting = this.#pieces.length > 0;
    if (isMore) this.#splits = true;
    else {
      if (isWaiting) this.#splits ??= false;
      this.flush();
    }
    if (!isMore || !isWaiting) this.#begin(timestamp, compositionMs, isFlaggedKey);
    const picture = this.#picture;
    picture.isIdr ||= scan.isIdr;
    picture.isFlaggedKey ||= isFlaggedKey;
    picture.hasRecoveryPoint ||= scan.hasRecoveryPoint;
    picture.isReference ||= scan.isReference;
    this.#isRecoveryPoint ||= scan.isRecoveryPoint;
    this.#isIntra &&= scan.isIntra;
    this.#hasSets ||= scan.hasParameterSets;
    this.#pieceBytes += piece.length;
    if (!isMore) {
      const end = Math.min(scan.sliceEnd, scan.sliceStart + SLICE_HEADER_BYTES);
      this.#sliceBytes = data.copy(this.#slice, 0, scan.sliceStart, end);
    }
    if (this.#mustWait(data)) this.#pieces.push(Buffer.from(piece));
    else {
      this.#pieces.push(piece);
      this.flush();
    }
  }

  #begin(timestamp: number, compositionMs: number, isFlaggedKey: boolean): void {
    const picture = this.#picture;
    picture.timestamp = timestamp;
    picture.compositionMs = compositionMs;
    picture.isIdr = false;
    picture.isFlaggedKey = isFlaggedKey;
    picture.hasRecoveryPoint = this.#prefixHasRecoveryPoint;
    picture.isReference = false;
    this.#isRecoveryPoint = this.#prefixIsRecoveryPoint;
    this.#isIntra = true;
    this.#hasSets = this.#prefixHasSets;
    this.#pieces = this.#prefix;
    this.#pieceBytes = this.#prefixBytes;
    this.#clearPrefix();
  }

  /**
   * A picture waits for the next message only if more of it may arrive: the source has split a picture before, a field has no
   * second field, or a single slice arrived first and it is unknown whether the source splits pictures.
   */
  #mustWait(data: Buffer): boolean {
    if (this.#pieceBytes > MAX_PICTURE_BYTES || this.#pieces.length >= MAX_PICTURE_MESSAGES) return false;
    if (this.#splits === true) return true;
    if (this.#splits === undefined && this.#scan.sliceCount === 1) return true;
    this.#splits ??= false;
    return this.#scan.isLoneField(data, this.#syntax);
  }

  /** Whether the new slices belong to the latest picture. */
  #isOfLatest(data: Buffer, timestamp: number): boolean {
    if (this.#sliceBytes === 0) return false;
    const isSameTime = timestamp === this.#picture.timestamp;
    // Timestamps wrap at 32 bits.
    if (Math.abs((timestamp - this.#picture.timestamp) | 0) >= MAX_PICTURE_SPAN_MS) return false;
    const { startsPicture, sliceStart, sliceEnd } = this.#scan;
    if (!startsPicture && isSameTime) return true;
    const mayBeField = startsPicture && isSameTime && this.#syntax.mayHaveFields;
    if (startsPicture && !mayBeField) return false;
    this.#first.read(this.#slice, 0, this.#sliceBytes, this.#syntax);
    this.#next.read(data, sliceStart, sliceEnd, this.#syntax);
    if (mayBeField) return this.#next.isSecondFieldOf(this.#first);
    return this.#next.isOfSamePicture(this.#first);
  }

  #addPrefix(piece: Buffer): void {
    const scan = this.#scan;
    // Filler and ends of sequence or stream belong to a picture that was already passed on.
    const isFull =
      this.#prefixBytes + piece.length > MAX_PREFIX_BYTES || this.#prefix.length === MAX_PREFIX_MESSAGES;
    if (!scan.hasPrefix || isFull) return this.#events.onRepaired('left-over');
    this.#prefix.push(Buffer.from(piece));
    this.#prefixBytes += piece.length;
    this.#prefixHasSets ||= scan.hasParameterSets;
    this.#prefixHasRecoveryPoint ||= scan.hasRecoveryPoint;
    this.#prefixIsRecoveryPoint ||= scan.isRecoveryPoint;
  }

  #clearPrefix(): void {
    this.#prefix = [];
    this.#prefixBytes = 0;
    this.#prefixHasSets = false;
    this.#prefixHasRecoveryPoint = false;
    this.#prefixIsRecoveryPoint = false;
  }

  #drop(data: Buffer, lengthSize: number, start: number, timestamp: number): void {
    this.flush();
    const header = data[start + lengthSize] ?? 0;
    const isDisposable = nalType(header) === 1 && (header & 0b110_0000) === 0;
    this.#events.onDamage(timestamp, !isDisposable);
  }

  #use(config: AvcConfig): void {
    this.#config = config;
    this.#openGop.configure(config);
    const [sps] = parameterSetsOf(config).sps;
    this.#syntax = sps === undefined ? PLAIN_SYNTAX : parseSps(sps).sliceSyntax;
  }

  /** Parameter sets inside a picture replace those of the same number; `avc1` samples must not hold others (14496-15 5.4.2). */
  #takeSets(data: Buffer): void {
    const config = this.#config;
    const lengthSize = config?.lengthSize ?? 4;
    const known: ParameterSets = config === undefined ? { sps: [], pps: [] } : parameterSetsOf(config);
    const sps = byNumber(known.sps, SPS_ID_BYTE);
    const pps = byNumber(known.pps, PPS_ID_BYTE);
    let isChanged = false;
    for (let offset = 0; data.length - offset > lengthSize; ) {
      const at = offset + lengthSize;
      const end = at + data.readUIntBE(offset, lengthSize);
      const nalUnit = data.subarray(at, end);
      const type = nalType(data[at] ?? 0);
      if (type === NAL_SPS) isChanged = putSet(sps, nalUnit, SPS_ID_BYTE) || isChanged;
      else if (type === NAL_PPS) isChanged = putSet(pps, nalUnit, PPS_ID_BYTE) || isChanged;
      offset = end;
    }
    if (!isChanged) return;
    try {
      const next = avcConfigOf({ sps: [...sps.values()], pps: [...pps.values()] }, lengthSize);
      this.#use(next);
      this.#events.onConfig(next);
    } catch {
      // Unreadable sets do not change the configuration.
    }
  }
}

/** Where seq_parameter_set_id and pic_parameter_set_id begin, and their longest size. */
const SPS_ID_BYTE = 4;
const PPS_ID_BYTE = 1;
const NO_SYNTAX: SliceSyntax = {
  hasSeparatePlanes: false,
  frameNumBits: 0,
  mayHaveFields: false,
  pictureOrderBits: 0,
};
const idReader = new SliceHeader();

/** A picture may hold thousands of sets, so each is read once. */
function byNumber(sets: readonly Buffer[], idByte: number): Map<number, Buffer> {
  return new Map(sets.map((set) => [setId(set, idByte), set]));
}

/** Replaces the set with the same number. @returns whether anything changed */
function putSet(sets: Map<number, Buffer>, nalUnit: Buffer, idByte: number): boolean {
  const id = setId(nalUnit, idByte);
  if (sets.get(id)?.equals(nalUnit) === true) return false;
  sets.set(id, Buffer.from(nalUnit));
  return true;
}

/** A set's number is the ue(v) at a fixed byte, as first_mb_in_slice is in a slice header. */
function setId(nalUnit: Buffer, idByte: number): number {
  idReader.read(nalUnit, idByte - 1, nalUnit.length, NO_SYNTAX);
  return idReader.firstMacroblock;
}
