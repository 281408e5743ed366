// dec_ref_pic_marking of a slice (ITU-T H.264 clauses 7.3.3 and 7.3.3.3): reads it, and writes the slice without some of its
// operations.

import { BitReader } from '../bytes/bit-reader.ts';
import { BitWriter } from '../bytes/bit-writer.ts';
import type { PictureParameters } from './avc-pps.ts';
import type { FullSliceSyntax } from './avc-sps.ts';

/** slice_type modulo 5, table 7-6. */
const SLICE_B = 1;
const SLICE_I = 2;
const SLICE_SP = 3;
const SLICE_SI = 4;
/** Table 7-9: the count of numbers after each operation. */
const OPERAND_COUNTS = [0, 1, 1, 2, 1, 0, 1];
const UNMARK_SHORT_TERM = 1;
const UNMARK_ALL = 5;
/** Clause 7.4.3.3: at most one for each field of each reference. */
const MAX_OPERATIONS = 66;
/** Clause 7.4.3: num_ref_idx_active_minus1 is at most 31. */
const MAX_REFERENCES = 32;

type Operation = { readonly code: number; readonly operands: readonly number[] };

export type ReferenceMarking = {
  readonly frameNum: number;
  readonly isField: boolean;
  readonly operations: readonly Operation[];
  /** All references are unmarked and frame_num starts again, as at an IDR picture. */
  readonly isReset: boolean;
  /** Positions in bits, from the NAL unit's header on: start and end of the marking, and the start of slice data. */
  readonly start: number;
  readonly end: number;
  readonly headerEnd: number;
};

/** `rbsp`: the beginning of a non-IDR reference slice, with its header byte. Throws GatewayError for damaged data. */
export function readReferenceMarking(
  rbsp: Uint8Array,
  syntax: FullSliceSyntax,
  parametersOf: (id: number) => PictureParameters | undefined,
): ReferenceMarking | undefined {
  const bits = new BitReader(rbsp, 'slice header');
  const position = (): number => rbsp.length * 8 - bits.remaining;
  bits.skip(8);
  bits.ue();
  const type = bits.ue() % 5;
  const parameters = parametersOf(bits.ue());
  if (parameters === undefined || type === SLICE_SP || type === SLICE_SI) return undefined;
  if (syntax.hasSeparatePlanes) bits.skip(2);
  const frameNum = bits.bits(syntax.frameNumBits);
  const isField = syntax.mayHaveFields && bits.flag();
  if (isField) bits.skip(1);
  skipPictureOrder(bits, syntax, parameters.hasBottomOrder && !isField);
  if (parameters.hasRedundantCount) bits.ue();
  skipReferenceLists(bits, type, syntax, parameters);
  const start = position();
  const operations = bits.flag() ? readOperations(bits) : [];
  const end = position();
  if (parameters.isCabac && type !== SLICE_I) bits.ue();
  bits.se();
  if (parameters.hasDeblockingControl && bits.ue() !== 1) {
    bits.se();
    bits.se();
  }
  const isReset = operations.some(({ code }) => code === UNMARK_ALL);
  return { frameNum, isField, operations, isReset, start, end, headerEnd: position() };
}

/** For each short-term picture that a marking unmarks: its distance in frames. Frames only, not fields. */
export function unmarkedDistances({ operations }: ReferenceMarking): readonly number[] {
  return operations.flatMap(({ code, operands: [difference = 0] }) =>
    code === UNMARK_SHORT_TERM ? [difference + 1] : [],
  );
}

/** The complete RBSP of a slice without the operations that unmark pictures at a distance for which `isUnwanted` is true. */
export function withoutUnmarking(
  rbsp: Uint8Array,
  marking: ReferenceMarking,
  isCabac: boolean,
  isUnwanted: (distance: number) => boolean,
): Uint8Array {
  const { operations, start, end, headerEnd } = marking;
  const kept = operations.filter(
    ({ code, operands: [difference = 0] }) => code !== UNMARK_SHORT_TERM || !isUnwanted(difference + 1),
  );
  const writer = new BitWriter(rbsp.length + 1);
  writer.copy(rbsp, 0, start);
  writer.bits(kept.length > 0 ? 1 : 0, 1);
  for (const { code, operands } of kept) for (const number of [code, ...operands]) writer.ue(number);
  if (kept.length > 0) writer.ue(0);
  writer.copy(rbsp, end, headerEnd);
  if (isCabac) {
    // cabac_alignment_one_bit: slice data start at a byte (clause 7.3.4).
    writer.align(1);
    writer.copy(rbsp, Math.ceil(headerEnd / 8) * 8, rbsp.length * 8);
    return writer.finish();
  }
  writer.copy(rbsp, headerEnd, stopBitEnd(rbsp));
  return writer.finish();
}

function skipPictureOrder(bits: BitReader, syntax: FullSliceSyntax, hasBottom: boolean): void {
  if (syntax.pictureOrderBits > 0) {
    bits.skip(syntax.pictureOrderBits);
    if (hasBottom) bits.se();
  } else if (syntax.hasOrderDeltas) {
    bits.se();
    if (hasBottom) bits.se();
  }
}

/** From direct_spatial_mv_pred_flag to the end of pred_weight_table. */
function skipReferenceLists(
  bits: BitReader,
  type: number,
  { hasChroma }: FullSliceSyntax,
  { referenceCounts, isWeighted, isBiWeighted }: PictureParameters,
): void {
  if (type === SLICE_I) return;
  const isB = type === SLICE_B;
  if (isB) bits.skip(1);
  const lists = isB ? 2 : 1;
  const counts = [...referenceCounts];
  if (bits.flag()) for (let list = 0; list < lists; list += 1) counts[list] = bits.ue() + 1;
  for (let list = 0; list < lists; list += 1) {
    // modification_of_pic_nums_idc 3 ends the list.
    if (bits.flag()) while (bits.ue() !== 3) bits.ue();
  }
  if (!(isB ? isBiWeighted : isWeighted)) return;
  bits.ue();
  if (hasChroma) bits.ue();
  for (const count of counts.slice(0, lists)) {
    for (let at = 0; at < Math.min(count, MAX_REFERENCES); at += 1) {
      skipNumbers(bits, bits.flag() ? 2 : 0);
      if (hasChroma) skipNumbers(bits, bits.flag() ? 4 : 0);
    }
  }
}

function skipNumbers(bits: BitReader, count: number): void {
  for (let left = count; left > 0; left -= 1) bits.se();
}

function readOperations(bits: BitReader): readonly Operation[] {
  const operations: Operation[] = [];
  for (let code = bits.ue(); code !== 0 && operations.length < MAX_OPERATIONS; code = bits.ue()) {
    const operands = Array.from({ length: OPERAND_COUNTS[code] ?? 0 }, () => bits.ue());
    operations.push({ code, operands });
  }
  return operations;
}

/** Position after rbsp_stop_one_bit, the last bit that is set. */
function stopBitEnd(rbsp: Uint8Array): number {
  let at = rbsp.length - 1;
  while (at > 0 && rbsp[at] === 0) at -= 1;
  const last = rbsp[at] ?? 0x80;
  return (at + 1) * 8 - Math.log2(last & -last);
}
