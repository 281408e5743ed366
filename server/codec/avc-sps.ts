// Sequence parameter set: picture size and shape, sample format, frame rate, and the fields that determine the syntax of slice headers
// (ITU-T H.264 clauses 7.3.2.1.1 and E.1.1).

import { BitReader } from '../bytes/bit-reader.ts';
import { GatewayError } from '../errors.ts';

/** The fields of a sequence parameter set that the gateway uses. */
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
  /** Width and height of one sample, smallest whole numbers; absent if they are equal or the VUI has none. */
  readonly pixelAspect?: PixelAspect;
  /** Frames per second in the VUI; absent if it has none. */
  readonly frameRate?: number;
};

/** Sample aspect ratio (clause E.2.1). */
export type PixelAspect = { readonly horizontal: number; readonly vertical: number };

/** Fields of the SPS without which a slice header cannot be read (clause 7.3.3). */
export type SliceSyntax = {
  readonly hasSeparatePlanes: boolean;
  readonly frameNumBits: number;
  /** Pictures may be single fields. */
  readonly mayHaveFields: boolean;
  /** Bits of pic_order_cnt_lsb; 0 where pictures carry none. */
  readonly pictureOrderBits: number;
};

/** More fields that a slice header's syntax depends on, up to its reference marking. */
export type FullSliceSyntax = SliceSyntax & {
  /** ChromaArrayType is not 0: there are weights for chroma. */
  readonly hasChroma: boolean;
  /** pic_order_cnt_type is 1, and slices have delta_pic_order_cnt. */
  readonly hasOrderDeltas: boolean;
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
/** Clauses 7.4.2.1.1: log2_max_frame_num_minus4 and log2_max_pic_order_cnt_lsb_minus4 are at most 12. */
const MAX_COUNTER_BITS = 16;
/** Table E-1: the value that says that sample aspect ratio is written out. */
const EXTENDED_SAR = 255;
/** Table E-1: sample aspect ratios by aspect_ratio_idc, from 1 on. */
const PIXEL_ASPECTS: readonly (readonly [horizontal: number, vertical: number])[] = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
/** Anamorphic video has samples up to 3:1; a higher ratio means damaged data. */
const MAX_PIXEL_ASPECT = 16;

/** A complete parameter set: its properties, and the fields for reading slices. */
export type ParsedSps = { readonly parameters: SequenceParameters; readonly sliceSyntax: FullSliceSyntax };

/** Parses one SPS NAL unit, including its header byte. */
export function parseSequenceParameters(nalUnit: Uint8Array): SequenceParameters {
  return parseSps(nalUnit).parameters;
}

/** The same, with the fields for reading slice headers. */
export function parseSps(nalUnit: Uint8Array): ParsedSps {
  const bits = new BitReader(unescapeRbsp(nalUnit), 'SPS');
  const nalType = bits.bits(8) & 0b1_1111;
  if (nalType !== NAL_TYPE_SPS) throw badSps(`a NAL unit of type ${nalType} is in the place of the SPS`);
  const profileIdc = bits.bits(8);
  bits.skip(8);
  const levelIdc = bits.bits(8);
  bits.ue();
  const format = HIGH_PROFILES.has(profileIdc)
    ? readSampleFormat(bits)
    : { chromaFormat: 1, bitDepth: 8, separatePlanes: false };
  const frameNumBits = bits.ue() + 4;
  const { pictureOrderBits, hasOrderDeltas } = readPictureOrder(bits);
  if (Math.max(frameNumBits, pictureOrderBits) > MAX_COUNTER_BITS)
    throw badSps(`the SPS counts frames with more than ${MAX_COUNTER_BITS} bits`);
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
      `the SPS announces ${widthInMacroblocks * 16} × ${heightInMacroblocks * 16} pixels; H.264 allows ${MAX_MACROBLOCKS} macroblocks, ${MAX_MACROBLOCKS_A_SIDE} a side`,
    );
  }
  const crop = readCropping(bits, format.separatePlanes ? 0 : format.chromaFormat, framesOnly);
  const width = widthInMacroblocks * 16 - crop.horizontal;
  const height = heightInMacroblocks * 16 - crop.vertical;
  if (width <= 0 || height <= 0) throw badSps(`the SPS crops the picture to ${width} × ${height}`);
  const usability = bits.flag() ? readUsability(bits) : {};
  return {
    parameters: {
      profileIdc,
      levelIdc,
      chromaFormat: format.chromaFormat,
      bitDepth: format.bitDepth,
      width,
      height,
      isInterlaced: !framesOnly,
      ...usability,
    },
    sliceSyntax: {
      hasSeparatePlanes: format.separatePlanes,
      frameNumBits,
      mayHaveFields: !framesOnly,
      pictureOrderBits,
      hasChroma: format.chromaFormat !== 0 && !format.separatePlanes,
      hasOrderDeltas,
    },
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
  if (chromaFormat > 3)
    throw badSps(`the SPS has chroma_format_idc ${chromaFormat}; the valid values are 0 to 3`);
  const separatePlanes = chromaFormat === 3 && bits.flag();
  const bitDepth = bits.ue() + 8;
  if (bitDepth > MAX_BIT_DEPTH)
    throw badSps(`the SPS has a bit depth of ${bitDepth}; H.264 allows up to ${MAX_BIT_DEPTH}`);
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

function readPictureOrder(bits: BitReader): Pick<FullSliceSyntax, 'pictureOrderBits' | 'hasOrderDeltas'> {
  const type = bits.ue();
  if (type === 0) return { pictureOrderBits: bits.ue() + 4, hasOrderDeltas: false };
  let hasOrderDeltas = false;
  if (type === 1) {
    hasOrderDeltas = !bits.flag();
    bits.se();
    bits.se();
    const cycle = bits.ue();
    if (cycle > MAX_POC_CYCLE)
      throw badSps(`the SPS has a picture order count cycle of ${cycle}; the limit is ${MAX_POC_CYCLE}`);
    for (let at = 0; at < cycle; at += 1) bits.se();
  }
  return { pictureOrderBits: 0, hasOrderDeltas };
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

/** How pictures are shown, from the VUI (clause E.1.1). Decoders do not need it, so a cut VUI is no error. */
function readUsability(bits: BitReader): Pick<SequenceParameters, 'pixelAspect' | 'frameRate'> {
  let pixelAspect: PixelAspect | undefined;
  let frameRate: number | undefined;
  try {
    pixelAspect = readPixelAspect(bits);
    frameRate = readTiming(bits);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
  return {
    ...(pixelAspect === undefined ? {} : { pixelAspect }),
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}

/** Undefined for square samples or an unspecified ratio: aspect_ratio_idc 0, reserved, or a ratio with 0. */
function readPixelAspect(bits: BitReader): PixelAspect | undefined {
  if (!bits.flag()) return undefined;
  const idc = bits.bits(8);
  const [horizontal, vertical] =
    idc === EXTENDED_SAR ? [bits.bits(16), bits.bits(16)] : (PIXEL_ASPECTS[idc - 1] ?? [0, 0]);
  if (horizontal === vertical || horizontal === 0 || vertical === 0) return undefined;
  const ratio = Math.max(horizontal / vertical, vertical / horizontal);
  if (ratio > MAX_PIXEL_ASPECT) return undefined;
  const divisor = greatestCommonDivisor(horizontal, vertical);
  return { horizontal: horizontal / divisor, vertical: vertical / divisor };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** From overscan_info_present_flag up to the timing info. */
function readTiming(bits: BitReader): number | undefined {
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
