// Repairs access units of encoders that violate FLV: empty NAL units, bytes after the last one, Annex B start codes instead
// of lengths or inside them (ITU-T H.264 annex B; ISO 14496-15 clause 5.2.3).

import { GatewayError } from '../errors.ts';
import { beginsAccessUnit, isSlice, MAX_NAL_UNITS, nalType, startCodeBytes } from './avc-nal.ts';

/** A slice has a header byte and a header: one byte is a start code read as a length. */
const MIN_SLICE_BYTES = 2;
const START_CODE = Buffer.of(0, 0, 1);

export type MendedAccessUnit = {
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
export function repairAccessUnit(data: Buffer, lengthSize: number): MendedAccessUnit | undefined {
  // With lengths of one byte, start codes look like empty units and short lengths, which may add up by chance.
  const startsWithCode = startCodeBytes(data, 0) > 0;
  const found =
    (startsWithCode && lengthSize === 1 ? readAnnexB(data, 0, data.length) : undefined) ??
    readLengths(data, lengthSize, false) ??
    (startsWithCode ? readAnnexB(data, 0, data.length) : undefined) ??
    readLengths(data, lengthSize, true);
  const repaired = found === undefined ? undefined : writeLengths(data, found.ranges, lengthSize);
  return repaired === undefined
    ? undefined
    : { data: repaired, hadStartCodes: found?.hadStartCodes === true };
}

/** Whether data is Annex B from its first byte to its last. */
export function isAnnexB(data: Buffer): boolean {
  return startCodeBytes(data, 0) > 0 && readAnnexB(data, 0, data.length) !== undefined;
}

/** The NAL units of Annex B data, without a copy. Throws GatewayError if there are none. */
export function annexBNalUnits(data: Buffer): Buffer[] {
  const found = readAnnexB(data, 0, data.length);
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
      if (startCodeBytes(data, offset) > 0 && addAnnexB(found, data, offset, data.length)) return found;
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

/** One unit with a length, or the NAL units that start codes divide it into. */
function addUnit(found: Found, data: Buffer, start: number, end: number): boolean {
  const type = nalType(data[start] ?? 0);
  if (startCodeBytes(data, start) > 0 && type === 0) return addAnnexB(found, data, start, end);
  if (beginsAccessUnit(type)) {
    const code = data.indexOf(START_CODE, start + 1);
    if (code !== -1 && code < end) {
      const split = data[code - 1] === 0 ? code - 1 : code;
      found.ranges.push(start, split);
      return addAnnexB(found, data, split, end);
    }
  }
  if (end - start < MIN_SLICE_BYTES && isSlice(type)) return true;
  found.ranges.push(start, end);
  found.hasPicture = true;
  return true;
}

function addAnnexB(found: Found, data: Buffer, start: number, end: number): boolean {
  const inner = readAnnexB(data, start, end);
  if (inner === undefined) return false;
  found.ranges.push(...inner.ranges);
  found.hasPicture = true;
  found.hadStartCodes = true;
  return true;
}

/** Undefined unless every unit after a start code has a known NAL type. */
function readAnnexB(data: Buffer, start: number, end: number): Found | undefined {
  const ranges: number[] = [];
  let at = start + startCodeBytes(data, start);
  while (at < end && at > start) {
    if (ranges.length >= 2 * MAX_NAL_UNITS) return undefined;
    const code = data.indexOf(START_CODE, at);
    let nalEnd = code === -1 || code + 3 > end ? end : code;
    const next = nalEnd === end ? end : nalEnd + 3;
    // trailing_zero_8bits, and the zero_byte of the next start code.
    while (nalEnd > at && data[nalEnd - 1] === 0) nalEnd -= 1;
    if (nalEnd > at) {
      const header = data[at] ?? 0;
      const type = nalType(header);
      if ((header & 0x80) !== 0 || type === 0 || type > 23) return undefined;
      ranges.push(at, nalEnd);
    }
    at = next;
  }
  return ranges.length === 0 ? undefined : { ranges, hasPicture: true, hadStartCodes: true };
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
