// NAL units of H.264 (ITU-T H.264 table 7-1): types and the other fields of the first byte.

export const NAL_SLICE = 1;
export const NAL_IDR = 5;
export const NAL_SEI = 6;
export const NAL_SPS = 7;
export const NAL_PPS = 8;
const NAL_DELIMITER = 9;
/** Prefix NAL unit, subset SPS, depth parameter set and two reserved types: they begin an access unit as SEI does. */
const NAL_FIRST_EXTENSION = 14;
const NAL_LAST_EXTENSION = 18;

/** A 4K access unit has some hundreds of slices; more NAL units than this are an attack on the processor. */
export const MAX_NAL_UNITS = 4_096;

export function nalType(header: number): number {
  return header & 0b1_1111;
}

/** A slice of the primary coded picture, or the first partition of one (types 1, 2 and 5). */
export function isSlice(type: number): boolean {
  return type === NAL_SLICE || type === 2 || type === NAL_IDR;
}

/** Units that come before the first slice of an access unit, so after a slice they begin the next (clause 7.4.1.2.3). */
export function beginsAccessUnit(type: number): boolean {
  return (
    (type >= NAL_SEI && type <= NAL_DELIMITER) || (type >= NAL_FIRST_EXTENSION && type <= NAL_LAST_EXTENSION)
  );
}

/**
 * Bytes of a start code at `at`: 3, 4, or 0 where there is none before `end` (annex B.1.1). The end of a unit and the length of the
 * next one can look like a start code.
 */
export function startCodeBytes(data: Uint8Array, at: number, end = data.length): number {
  if (end - at < 3 || data[at] !== 0 || data[at + 1] !== 0) return 0;
  if (data[at + 2] === 1) return 3;
  return end - at > 3 && data[at + 2] === 0 && data[at + 3] === 1 ? 4 : 0;
}
