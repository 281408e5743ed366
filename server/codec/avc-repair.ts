// Repairs access units of encoders that violate FLV: empty NAL units, bytes after the last one, Annex B start codes instead
// of lengths or inside them (ITU-T H.264 annex B; ISO 14496-15 clause 5.2.3).

import { GatewayError } from '../errors.ts';
import { beginsAccessUnit, isSlice, MAX_NAL_UNITS, nalType, startCodeBytes } from './avc-nal.ts';

/** A slice has a header byte and a header: one byte is a start code read as a length. */
const MIN_SLICE_BYTES = 2;
const START_CODE = Buffer.of(0, 0, 1);

export type RepairedAccessUnit = {
  /** NAL units with lengths of the configured size. */
  readonly data: Buffer;
  readonly hadStartCodes: boolean;
};

/** Start and end of each NAL unit, in sequence. */
type Found = { readonly ranges: number[]; hasPicture: boolean; hadStartCodes: boolean };

/**
 * Reads data that is certain. Lengths that add up are lengths, even if they look like start codes: 00 00 01 xx is also a NAL
 * unit of 256 to 511 bytes.
 * @returns undefined if the data is damaged
 */
export function repairAccessUnit(data: Buffer, lengthSize: number): RepairedAccessUnit | undefined {
  // With lengths of one byte, start codes look like empty units and short lengths, which may add up by chance.
  const startsWithCode = startCodeBytes(data, 0) > 0;
  const found =
    (startsWithCode && lengthSize === 1 ? readWhole(data) : undefined) ??
    readLengths(data, lengthSize, false) ??
    (startsWithCode ? readWhole(data) : undefined) ??
    readLengths(data, lengthSize, true);
  const repaired = found === undefined ? undefined : writeLengths(data, found.ranges, lengthSize);
  return repaired === undefined
    ? undefined
    : { data: repaired, hadStartCodes: found?.hadStartCodes === true };
}

/** Whether data is Annex B from its first byte to its last. */
export function isAnnexB(data: Buffer): boolean {
  return startCodeBytes(data, 0) > 0 && readWhole(data) !== undefined;
}

/** The NAL units of Annex B data, without a copy. Throws GatewayError if there are none. */
export function annexBNalUnits(data: Buffer): Buffer[] {
  const found = readWhole(data);
  if (found === undefined)
    throw new GatewayError('invalid-data', 'bad_annex_b', 'there are start codes without NAL units');
  const nalUnits: Buffer[] = [];
  for (let at = 0; at < found.ranges.length; at += 2)
    nalUnits.push(data.subarray(found.ranges[at], found.ranges[at + 1]));
  return nalUnits;
}

/**
 * Reads units with lengths, without empty units and trailing start codes. `isLenient` also drops data after the last picture
 * that cannot be a slice.
 */
function readLengths(data: Buffer, lengthSize: number, isLenient: boolean): Found | undefined {
  const found: Found = { ranges: [], hasPicture: false, hadStartCodes: false };
  let hasSlice = false;
  let offset = 0;
  for (let count = 0; data.length - offset >= lengthSize; count += 1) {
    if (count === MAX_NAL_UNITS) return undefined;
    const at = offset + lengthSize;
    const length = data.readUIntBE(offset, lengthSize);
    if (length > data.length - at) {
      if (startCodeBytes(data, offset) > 0 && addAnnexB(found, data, offset, data.length))
        return found.hasPicture ? found : undefined;
      const isCutSlice = isSlice(nalType(data[at] ?? 0)) && at < data.length;
      return isLenient && hasSlice && !isCutSlice ? found : undefined;
    }
    if (length > 0) {
      if (!addUnit(found, data, at, at + length)) return undefined;
      hasSlice ||= isSlice(nalType(data[at] ?? 0)) && length >= MIN_SLICE_BYTES;
    }
    offset = at + length;
  }
  const isRestEmpty = isLenient || isAllZero(data, offset);
  return isRestEmpty && found.hasPicture ? found : undefined;
}

/**
 * One unit with a length, or the NAL units that start codes divide it into. Units of unspecified types (0 and 24 to 31) stay: they do
 * not affect decoding (clause 7.4.1).
 */
function addUnit(found: Found, data: Buffer, start: number, end: number): boolean {
  const type = nalType(data[start] ?? 0);
  if (startCodeBytes(data, start, end) > 0 && type === 0) return addAnnexB(found, data, start, end);
  if (beginsAccessUnit(type)) {
    const code = findStartCode(data, start + 1, end);
    if (code !== -1) {
      const split = data[code - 1] === 0 ? code - 1 : code;
      addRange(found, data, start, split);
      return addAnnexB(found, data, split, end);
    }
  }
  addRange(found, data, start, end);
  return true;
}

function addRange(found: Found, data: Buffer, start: number, end: number): void {
  if (end - start < MIN_SLICE_BYTES && isSlice(nalType(data[start] ?? 0))) return;
  found.ranges.push(start, end);
  found.hasPicture = true;
}

/** Data that has start codes only. */
function readWhole(data: Buffer): Found | undefined {
  const found: Found = { ranges: [], hasPicture: false, hadStartCodes: true };
  return addAnnexB(found, data, 0, data.length) && found.hasPicture ? found : undefined;
}

/** False unless every unit after a start code has a known NAL type. */
function addAnnexB(found: Found, data: Buffer, start: number, end: number): boolean {
  found.hadStartCodes = true;
  let at = start + startCodeBytes(data, start, end);
  if (at === start) return false;
  while (at < end) {
    if (found.ranges.length >= 2 * MAX_NAL_UNITS) return false;
    const code = findStartCode(data, at, end);
    let nalEnd = code === -1 ? end : code;
    const next = code === -1 ? end : code + START_CODE.length;
    // trailing_zero_8bits, and the zero_byte of the next start code.
    while (nalEnd > at && data[nalEnd - 1] === 0) nalEnd -= 1;
    if (nalEnd > at) {
      const header = data[at] ?? 0;
      const type = nalType(header);
      if ((header & 0x80) !== 0 || type === 0 || type > 23) return false;
      addRange(found, data, at, nalEnd);
    }
    at = next;
  }
  return true;
}

/** Where the first start code is that ends before `end`; -1 if there is none. The rest of the data is not searched. */
function findStartCode(data: Buffer, from: number, end: number): number {
  return data.subarray(0, end).indexOf(START_CODE, from);
}

/** Undefined if a NAL unit is too long for its length field. */
function writeLengths(data: Buffer, ranges: readonly number[], lengthSize: number): Buffer | undefined {
  let byteLength = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    const length = (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
    if (length >= 2 ** (8 * lengthSize)) return undefined;
    byteLength += lengthSize + length;
  }
  const out = Buffer.allocUnsafe(byteLength);
  let offset = 0;
  for (let at = 0; at < ranges.length; at += 2) {
    const [start = 0, end = 0] = [ranges[at], ranges[at + 1]];
    offset = out.writeUIntBE(end - start, offset, lengthSize);
    offset += data.copy(out, offset, start, end);
  }
  return out;
}

function isAllZero(data: Buffer, from: number): boolean {
  for (let at = from; at < data.length; at += 1) if (data[at] !== 0) return false;
  return true;
}
