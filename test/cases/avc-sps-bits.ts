// Sequence parameter sets made field by field (ITU-T H.264 clauses 7.3.2.1.1 and E.1.1), for values that no encoder here
// writes.

import { BitString } from './bit-string.ts';

export type SpsFields = {
  readonly profileIdc: number;
  readonly levelIdc: number;
  /** Written for High profiles only, as are the depth and the scaling lists. */
  readonly chromaFormat: number;
  readonly separatePlanes: boolean;
  readonly bitDepth: number;
  /** delta_scale of each list that is present; undefined for one that is not. */
  readonly scalingLists?: readonly (readonly number[] | undefined)[];
  readonly pictureOrder:
    | { readonly type: 0 | 2 }
    | { readonly type: 1; readonly cycle: readonly number[]; readonly announcedCycle?: number };
  readonly widthInMacroblocks: number;
  readonly heightInMapUnits: number;
  readonly framesOnly: boolean;
  /** left, right, top, bottom in crop units. */
  readonly crop?: readonly [number, number, number, number];
  readonly vui?: VuiFields;
};

export type VuiFields = {
  /** aspect_ratio_idc; 255 is followed by a written ratio. */
  readonly aspectRatio?: number;
  readonly overscan?: boolean;
  readonly videoSignal?: { readonly hasColours: boolean };
  readonly chromaLocation?: readonly [number, number];
  readonly timing?: { readonly unitsInTick: number; readonly timeScale: number };
};

/** 1280 × 720, High, without a VUI. */
export const PLAIN_SPS: SpsFields = {
  profileIdc: 100,
  levelIdc: 31,
  chromaFormat: 1,
  separatePlanes: false,
  bitDepth: 8,
  pictureOrder: { type: 0 },
  widthInMacroblocks: 80,
  heightInMapUnits: 45,
  framesOnly: true,
};

/** Profiles that carry chroma format and bit depths. */
export const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
const EXTENDED_SAR = 255;

/** The NAL unit, header and emulation prevention included. */
export function writeSps(fields: SpsFields): Buffer {
  const bits = new BitString().bits(0x67, 8).bits(fields.profileIdc, 8).bits(0, 8).bits(fields.levelIdc, 8);
  bits.ue(0);
  if (HIGH_PROFILES.includes(fields.profileIdc)) writeSampleFormat(bits, fields);
  bits.ue(4);
  writePictureOrder(bits, fields.pictureOrder);
  bits.ue(4).flag(false);
  bits.ue(fields.widthInMacroblocks - 1).ue(fields.heightInMapUnits - 1);
  bits.flag(fields.framesOnly);
  if (!fields.framesOnly) bits.flag(true);
  bits.flag(true);
  bits.flag(fields.crop !== undefined);
  for (const samples of fields.crop ?? []) bits.ue(samples);
  bits.flag(fields.vui !== undefined);
  if (fields.vui !== undefined) writeVui(bits, fields.vui);
  bits.flag(true);
  return escapeRbsp(bits.toBytes());
}

/** Inserts emulation_prevention_three_byte wherever clause 7.4.1 requires it. */
export function escapeRbsp(rbsp: Uint8Array): Buffer {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros === 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(out);
}

function writeSampleFormat(bits: BitString, fields: SpsFields): void {
  bits.ue(fields.chromaFormat);
  if (fields.chromaFormat === 3) bits.flag(fields.separatePlanes);
  bits.ue(fields.bitDepth - 8).ue(fields.bitDepth - 8);
  bits.flag(false);
  bits.flag(fields.scalingLists !== undefined);
  if (fields.scalingLists === undefined) return;
  for (let at = 0; at < (fields.chromaFormat === 3 ? 12 : 8); at += 1) {
    const list = fields.scalingLists[at];
    bits.flag(list !== undefined);
    for (const delta of list ?? []) bits.se(delta);
  }
}

function writePictureOrder(bits: BitString, order: SpsFields['pictureOrder']): void {
  bits.ue(order.type);
  if (order.type === 0) bits.ue(4);
  if (order.type !== 1) return;
  bits.flag(false).se(-1).se(2);
  bits.ue(order.announcedCycle ?? order.cycle.length);
  for (const offset of order.cycle) bits.se(offset);
}

function writeVui(bits: BitString, vui: VuiFields): void {
  bits.flag(vui.aspectRatio !== undefined);
  if (vui.aspectRatio !== undefined) bits.bits(vui.aspectRatio, 8);
  if (vui.aspectRatio === EXTENDED_SAR) bits.bits(64, 16).bits(45, 16);
  bits.flag(vui.overscan !== undefined);
  if (vui.overscan !== undefined) bits.flag(vui.overscan);
  bits.flag(vui.videoSignal !== undefined);
  if (vui.videoSignal !== undefined) bits.bits(5, 3).flag(true).flag(vui.videoSignal.hasColours);
  if (vui.videoSignal?.hasColours === true) bits.bits(0x090909, 24);
  bits.flag(vui.chromaLocation !== undefined);
  for (const location of vui.chromaLocation ?? []) bits.ue(location);
  bits.flag(vui.timing !== undefined);
  if (vui.timing !== undefined)
    bits.bits(vui.timing.unitsInTick, 32).bits(vui.timing.timeScale, 32).flag(true);
  // No HRD for NAL units nor VCL, no pic_struct, no bitstream restriction.
  bits.bits(0, 4);
}
