// Sequence parameter set: picture size, sample format and frame rate (ITU-T H.264 clauses 7.3.2.1.1 and E.1.1).

import { BitReader } from '../bytes/bit-reader.ts';
import { GatewayError } from '../errors.ts';

/** What the gateway needs to know of a sequence parameter set. */
export type SequenceParameters = {
  readonly profileIdc: number;
  readonly levelIdc: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepth: number;
  /** Luma samples after cropping. */
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  /** Frames per second that the VUI promises; absent when it is silent. */
  readonly frameRate?: number;
};

/** Profiles whose parameter set carries chroma format and bit depths (clause 7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);
/** Table 7-1. */
const NAL_TYPE_SPS = 7;
/** Table A-1 allows at most 139 264 macroblocks a picture; 8192 × 4352. */
const MAX_MACROBLOCKS = 139_264;
/** Clause A.3.1: neither side is longer than the root of eight times that, 16 880 pixels; it fits 16 bits of an MP4. */
const MAX_MACROBLOCKS_A_SIDE = Math.floor(Math.sqrt(8 * MAX_MACROBLOCKS));
/** Clause 7.4.2.1.1: bit_depth_luma_minus8 is at most 6. */
const MAX_BIT_DEPTH = 14;
/** Clause 7.4.2.1.1: num_ref_frames_in_pic_order_cnt_cycle is at most 255. */
const MAX_POC_CYCLE = 255;
/** Table E-1: the value that says that sample aspect ratio is written out. */
const EXTENDED_SAR = 255;

/** Parses one SPS NAL unit, its header byte included. */
export function parseSequenceParameters(nalUnit: Uint8Array): SequenceParameters {
  const bits = new BitReader(unescapeRbsp(nalUnit), 'SPS');
  const nalType = bits.bits(8) & 0b1_1111;
  if (nalType !== NAL_TYPE_SPS) throw badSps(`a NAL unit of type ${nalType} stands where the SPS should`);
  const profileIdc = bits.bits(8);
  bits.skip(8);
  const levelIdc = bits.bits(8);
  bits.ue();
  const format = HIGH_PROFILES.has(profileIdc)
    ? readSampleFormat(bits)
    : { chromaFormat: 1, bitDepth: 8, separatePlanes: false };
  bits.ue();
  skipPictureOrderCount(bits);
  bits.ue();
  bits.skip(1);
  const widthInMacroblocks = bits.ue() + 1;
  const heightInMapUnits = bits.ue() + 1;
  const framesOnly = bits.flag();
  if (!framesOnly) bits.skip(1);
  bits.skip(1);
  const heightInMacroblocks = heightInMapUnits * (framesOnly ? 1 : 2);
  if (
    Math.max(widthInMacroblocks, heightInMacroblocks) > MAX_MACROBLOCKS_A_SIDE ||
    widthInMacroblocks * heightInMacroblocks > MAX_MACROBLOCKS
  ) {
    throw badSps(
      `the SPS announces ${widthInMacroblocks * 16} × ${heightInMacroblocks * 16} pixels; H.264 ends at ${MAX_MACROBLOCKS} macroblocks, ${MAX_MACROBLOCKS_A_SIDE} a side`,
    );
  }
  const crop = readCropping(bits, format.separatePlanes ? 0 : format.chromaFormat, framesOnly);
  const width = widthInMacroblocks * 16 - crop.horizontal;
  const height = heightInMacroblocks * 16 - crop.vertical;
  if (width <= 0 || height <= 0) throw badSps(`the SPS crops the picture to ${width} × ${height}`);
  const frameRate = bits.flag() ? readFrameRate(bits) : undefined;
  return {
    profileIdc,
    levelIdc,
    chromaFormat: format.chromaFormat,
    bitDepth: format.bitDepth,
    width,
    height,
    isInterlaced: !framesOnly,
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}

/** Removes emulation_prevention_three_byte (clause 7.4.1): 00 00 03 becomes 00 00. */
export function unescapeRbsp(nalUnit: Uint8Array): Uint8Array {
  const out = new Uint8Array(nalUnit.length);
  let length = 0;
  let zeros = 0;
  for (const byte of nalUnit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}

function readSampleFormat(bits: BitReader): {
  chromaFormat: number;
  bitDepth: number;
  separatePlanes: boolean;
} {
  const chromaFormat = bits.ue();
  if (chromaFormat > 3) throw badSps(`the SPS has chroma_format_idc ${chromaFormat}; 0 to 3 exist`);
  const separatePlanes = chromaFormat === 3 && bits.flag();
  const bitDepth = bits.ue() + 8;
  if (bitDepth > MAX_BIT_DEPTH)
    throw badSps(`the SPS has a bit depth of ${bitDepth}; H.264 ends at ${MAX_BIT_DEPTH}`);
  bits.ue();
  bits.skip(1);
  if (bits.flag()) skipScalingMatrix(bits, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat, bitDepth, separatePlanes };
}

/** scaling_list, clause 7.3.2.1.1.1. */
function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (!bits.flag()) continue;
    const size = list < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let at = 0; at < size && next !== 0; at += 1) {
      next = (last + bits.se() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

function skipPictureOrderCount(bits: BitReader): void {
  const type = bits.ue();
  if (type === 0) {
    bits.ue();
  } else if (type === 1) {
    bits.skip(1);
    bits.se();
    bits.se();
    const cycle = bits.ue();
    if (cycle > MAX_POC_CYCLE)
      throw badSps(`the SPS has a picture order count cycle of ${cycle}; it ends at ${MAX_POC_CYCLE}`);
    for (let at = 0; at < cycle; at += 1) bits.se();
  }
}

/** Cropped samples; the unit depends on chroma format and field coding (equations 7-19 to 7-22). */
function readCropping(
  bits: BitReader,
  chromaFormat: number,
  framesOnly: boolean,
): { horizontal: number; vertical: number } {
  if (!bits.flag()) return { horizontal: 0, vertical: 0 };
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * (framesOnly ? 1 : 2);
  const [left, right, top, bottom] = [bits.ue(), bits.ue(), bits.ue(), bits.ue()];
  return { horizontal: (left + right) * unitX, vertical: (top + bottom) * unitY };
}

/** vui_parameters up to the timing info, clause E.1.1. A truncated VUI promises nothing: no decoder needs it. */
function readFrameRate(bits: BitReader): number | undefined {
  try {
    return readTiming(bits);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function readTiming(bits: BitReader): number | undefined {
  if (bits.flag() && bits.bits(8) === EXTENDED_SAR) bits.skip(32);
  if (bits.flag()) bits.skip(1);
  if (bits.flag()) {
    bits.skip(4);
    if (bits.flag()) bits.skip(24);
  }
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  if (!bits.flag()) return undefined;
  const unitsInTick = bits.bits(32);
  const timeScale = bits.bits(32);
  // A frame is two ticks: ticks count fields (clause E.2.1, num_units_in_tick).
  return unitsInTick > 0 && timeScale > 0 ? timeScale / (2 * unitsInTick) : undefined;
}

function badSps(message: string): GatewayError {
  return new GatewayError('invalid-data', 'bad_sps', message);
}
