// Captions inside H.264: SEI messages of type user_data_registered_itu_t_t35 that carry ATSC cc_data()
// (H.264 clause 7.3.2.3, annex D.2.6; ATSC A/53 part 4 clause 6.2.3; CEA-708 clause 4.4).

import { NAL_SEI, nalType } from '../codec/avc-nal.ts';
import { SEI_USER_DATA_REGISTERED, SeiCursor } from '../codec/sei.ts';

/** Field 1 carries CC1 and CC2, field 2 CC3, CC4 and XDS. */
export type CaptionField = 0 | 1;

/** cc_type: CEA-608 of one of the fields, CEA-708 inside a packet, or the start of a packet. */
export type CaptionPairType = CaptionField | 2 | 3;
export const DTVCC_START = 3;

/** Called with two valid bytes: CEA-608 with parity bits, and never padding. */
export type CaptionSink = (type: CaptionPairType, pair: number) => void;

/** Country United States, provider ATSC, `GA94`, user_data_type_code 3: cc_data() follows. */
const CAPTION_IDENTIFIER = Buffer.from('b500314741393403', 'hex');
/** process_cc_data_flag and cc_count. */
const PROCESS_CC_DATA = 0x40;
const CC_COUNT = 0x1f;
/** cc_valid, cc_type. */
const CC_VALID = 0x04;
const CC_TYPE = 0x03;
const LAST_608_TYPE = 1;
/** Without the parity bits padding of CEA-608 is two zeros. */
const PARITY_FREE = 0x7f7f;
/** A 4K picture has 135 rows of macroblocks and may have one slice for each. Many more NAL units are an attack. */
const MAX_NAL_UNITS = 256;
/** Captions have some hundred bytes; an encoder's description before them may have another thousand. */
const MAX_SEI_BYTES = 4_096;
/** Four such NAL units are more than any picture needs. */
const MAX_PICTURE_SEI_BYTES = 4 * MAX_SEI_BYTES;

/** One for all: a picture is read in one turn. */
const cursor = new SeiCursor();

/**
 * Finds the captions of an access unit with length-prefixed NAL units. SEI belongs before the first slice (H.264 clause
 * 7.4.1.2.3), but OBS writes its captions behind the last, so the headers of all NAL units are read. Never throws.
 */
export function readCaptions(accessUnit: Uint8Array, lengthSize: number, sink: CaptionSink): void {
  let at = 0;
  let seiRoom = MAX_PICTURE_SEI_BYTES;
  for (let count = 0; count < MAX_NAL_UNITS && at + lengthSize < accessUnit.length; count += 1) {
    let length = 0;
    for (const end = at + lengthSize; at < end; at += 1) length = length * 256 + (accessUnit[at] ?? 0);
    const type = nalType(accessUnit[at] ?? 0);
    if (length === 0 || length > accessUnit.length - at) return;
    if (type === NAL_SEI) {
      const size = Math.min(length - 1, MAX_SEI_BYTES, seiRoom);
      cursor.open(accessUnit, at + 1, at + 1 + size);
      readSei(cursor, sink);
      cursor.close();
      seiRoom -= size;
    }
    at += length;
  }
}

function readSei(sei: SeiCursor, sink: CaptionSink): void {
  // The last byte is rbsp_trailing_bits(); a message has two bytes at least.
  while (sei.remaining > 2) {
    const type = sei.extended();
    const size = sei.extended();
    if (type === SEI_USER_DATA_REGISTERED) readUserData(sei, size, sink);
    else sei.skip(size);
  }
}

function readUserData(sei: SeiCursor, size: number, sink: CaptionSink): void {
  let left = size;
  for (const expected of CAPTION_IDENTIFIER) {
    if (left === 0) return;
    left -= 1;
    if (sei.next() !== expected) return sei.skip(left);
  }
  if (left < 2) return sei.skip(left);
  const flags = sei.next();
  sei.next(); // em_data
  left -= 2;
  const count = (flags & PROCESS_CC_DATA) === 0 ? 0 : flags & CC_COUNT;
  for (let index = 0; index < count && left >= 3 && sei.remaining >= 3; index += 1) {
    left -= 3;
    const head = sei.next();
    const pair = (sei.next() << 8) | sei.next();
    if ((head & CC_VALID) !== 0) give(head & CC_TYPE, pair, sink);
  }
  sei.skip(left);
}

function give(type: number, pair: number, sink: CaptionSink): void {
  if (type > LAST_608_TYPE || (pair & PARITY_FREE) !== 0) sink(type as CaptionPairType, pair);
}
