// One CMAF chunk, moof+mdat, written in a single pass into memory of the caller, which may be in several pieces
// (ISO 14496-12 clauses 8.8.4 to 8.8.12; CMAF 7.3.2.3). HLS calls it a Partial Segment.

import { ByteWriter } from '../bytes/byte-writer.ts';
import { GatewayError } from '../errors.ts';

/** A sample with its duration. */
export type FragmentSample = {
  /** Ticks of the track. */
  readonly duration: number;
  /** pts − dts in ticks. */
  readonly compositionOffset: number;
  readonly isSync: boolean;
  readonly data: Uint8Array;
};

/** The samples of one track in decode order; never empty. */
export type FragmentTrack = {
  readonly trackId: number;
  readonly kind: 'video' | 'audio';
  /** baseMediaDecodeTime: dts of the first sample, ticks. */
  readonly baseDecodeTime: number;
  readonly samples: readonly FragmentSample[];
};

/** Returns the memory for the fragment: exactly `byteLength` bytes, in one piece or several. */
export type FragmentAllocator = (byteLength: number) => readonly Buffer[];

/** A part of 200 ms at 1 Gbit/s has 25 MB. The limit protects memory; the 32-bit sizes of moof and mdat allow more. */
export const MAX_FRAGMENT_BYTES = 64 * 1024 * 1024;

const BOX_HEADER_BYTES = 8;
const FULL_BOX_HEADER_BYTES = 12;
const MFHD_BYTES = FULL_BOX_HEADER_BYTES + 4;
const TFDT_BYTES = FULL_BOX_HEADER_BYTES + 8;
const TRUN_HEADER_BYTES = FULL_BOX_HEADER_BYTES + 8;
/** duration, size, flags, composition offset. */
const VIDEO_ENTRY_BYTES = 16;
/** duration, size. */
const AUDIO_ENTRY_BYTES = 8;
const VIDEO_TFHD_BYTES = FULL_BOX_HEADER_BYTES + 4;
const AUDIO_TFHD_BYTES = FULL_BOX_HEADER_BYTES + 8;

/** tfhd: data offsets count from the moof (clause 8.8.7.1). */
const TFHD_DEFAULT_BASE_IS_MOOF = 0x02_0000;
const TFHD_DEFAULT_SAMPLE_FLAGS = 0x00_0020;
/** trun: which fields it has (clause 8.8.8.1). */
const TRUN_DATA_OFFSET = 0x001;
const TRUN_DURATION = 0x100;
const TRUN_SIZE = 0x200;
const TRUN_FLAGS = 0x400;
const TRUN_COMPOSITION_OFFSET = 0x800;
/** Version 1: composition offsets are signed. */
const TRUN_VERSION = 1;
const TFDT_VERSION = 1;

/** sample_depends_on 2: on nothing (clause 8.8.3.1). */
const FLAGS_SYNC = 0x0200_0000;
/** sample_depends_on 1 and sample_is_non_sync_sample. */
const FLAGS_NON_SYNC = 0x0101_0000;

/**
 * Writes moof+mdat of the given tracks, each with at least one sample, in the given order.
 * @returns its size in bytes
 */
export function writeFragment(
  sequenceNumber: number,
  tracks: readonly FragmentTrack[],
  allocate: FragmentAllocator,
): number {
  let moofBytes = BOX_HEADER_BYTES + MFHD_BYTES;
  let payloadBytes = 0;
  for (const track of tracks) {
    moofBytes += trafBytes(track);
    for (const sample of track.samples) payloadBytes += sample.data.length;
  }
  const byteLength = moofBytes + BOX_HEADER_BYTES + payloadBytes;
  if (byteLength > MAX_FRAGMENT_BYTES) {
    throw new GatewayError(
      'limit',
      'part_too_large',
      `a part of ${byteLength} bytes exceeds the limit of ${MAX_FRAGMENT_BYTES}`,
    );
  }
  const headerBytes = moofBytes + BOX_HEADER_BYTES;
  const header = headerOf(headerBytes);
  const out = new ByteWriter(header);
  boxHeader(out, 'moof', moofBytes);
  fullBoxHeader(out, 'mfhd', MFHD_BYTES, 0, 0);
  out.u32(sequenceNumber >>> 0);
  let dataOffset = headerBytes;
  for (const track of tracks) {
    writeTraf(out, track, dataOffset);
    for (const sample of track.samples) dataOffset += sample.data.length;
  }
  boxHeader(out, 'mdat', BOX_HEADER_BYTES + payloadBytes);
  const target = new PieceWriter(allocate(byteLength));
  target.bytes(header, headerBytes);
  for (const track of tracks) {
    for (const sample of track.samples) target.bytes(sample.data, sample.data.length);
  }
  return byteLength;
}

/** Headers are written here first, because their memory may be in several pieces. It grows with use. */
let scratch = Buffer.alloc(4 * 1024);

function headerOf(byteLength: number): Buffer {
  if (byteLength > scratch.length) scratch = Buffer.alloc(2 * byteLength);
  return scratch;
}

/** Copies bytes into one piece after another. */
class PieceWriter {
  readonly #pieces: readonly Buffer[];
  #at = 0;
  #offset = 0;

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
  }

  /** The first `byteLength` bytes of `source`. */
  bytes(source: Uint8Array, byteLength: number): void {
    for (let start = 0; start < byteLength; ) {
      const piece = this.#pieces[this.#at];
      if (piece === undefined) throw new RangeError('a fragment has more bytes than its memory');
      const count = Math.min(byteLength - start, piece.length - this.#offset);
      const isWhole = count === source.length;
      piece.set(isWhole ? source : source.subarray(start, start + count), this.#offset);
      start += count;
      this.#offset += count;
      if (this.#offset < piece.length) continue;
      this.#at += 1;
      this.#offset = 0;
    }
  }
}

function trafBytes(track: FragmentTrack): number {
  const isVideo = track.kind === 'video';
  return (
    BOX_HEADER_BYTES +
    (isVideo ? VIDEO_TFHD_BYTES : AUDIO_TFHD_BYTES) +
    TFDT_BYTES +
    TRUN_HEADER_BYTES +
    track.samples.length * (isVideo ? VIDEO_ENTRY_BYTES : AUDIO_ENTRY_BYTES)
  );
}

function writeTraf(out: ByteWriter, track: FragmentTrack, dataOffset: number): void {
  boxHeader(out, 'traf', trafBytes(track));
  if (track.kind === 'video') {
    fullBoxHeader(out, 'tfhd', VIDEO_TFHD_BYTES, 0, TFHD_DEFAULT_BASE_IS_MOOF);
    out.u32(track.trackId);
  } else {
    fullBoxHeader(out, 'tfhd', AUDIO_TFHD_BYTES, 0, TFHD_DEFAULT_BASE_IS_MOOF | TFHD_DEFAULT_SAMPLE_FLAGS);
    out.u32(track.trackId);
    out.u32(FLAGS_SYNC);
  }
  fullBoxHeader(out, 'tfdt', TFDT_BYTES, TFDT_VERSION, 0);
  out.u64(track.baseDecodeTime);
  if (track.kind === 'video') writeVideoRun(out, track.samples, dataOffset);
  else writeAudioRun(out, track.samples, dataOffset);
}

function writeVideoRun(out: ByteWriter, samples: readonly FragmentSample[], dataOffset: number): void {
  const bytes = TRUN_HEADER_BYTES + samples.length * VIDEO_ENTRY_BYTES;
  const fields = TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS | TRUN_COMPOSITION_OFFSET;
  fullBoxHeader(out, 'trun', bytes, TRUN_VERSION, fields);
  out.u32(samples.length);
  out.u32(dataOffset);
  for (const sample of samples) {
    out.u32(sample.duration);
    out.u32(sample.data.length);
    out.u32(sample.isSync ? FLAGS_SYNC : FLAGS_NON_SYNC);
    out.i32(sample.compositionOffset);
  }
}

function writeAudioRun(out: ByteWriter, samples: readonly FragmentSample[], dataOffset: number): void {
  const bytes = TRUN_HEADER_BYTES + samples.length * AUDIO_ENTRY_BYTES;
  fullBoxHeader(out, 'trun', bytes, TRUN_VERSION, TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE);
  out.u32(samples.length);
  out.u32(dataOffset);
  for (const sample of samples) {
    out.u32(sample.duration);
    out.u32(sample.data.length);
  }
}

function boxHeader(out: ByteWriter, type: string, byteLength: number): void {
  out.u32(byteLength);
  out.fourcc(type);
}

function fullBoxHeader(
  out: ByteWriter,
  type: string,
  byteLength: number,
  version: number,
  flags: number,
): void {
  boxHeader(out, type, byteLength);
  out.u8(version);
  out.u24(flags);
}
