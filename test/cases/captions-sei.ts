// SEI messages with ATSC cc_data(), and other messages beside them (H.264 annex D, ATSC A/53 part 4).

import { NAL } from './access-units.ts';

/** cc_type: CEA-608 field 1 and 2, CEA-708 data and start of a packet. */
export type CaptionTriplet = {
  readonly type: 0 | 1 | 2 | 3;
  readonly isValid?: boolean;
  readonly pair: number;
};

export const CAPTION_HEADER = Buffer.from('b500314741393403', 'hex');

/** A whole SEI NAL unit, header and trailing bits included, of messages given as type and payload. */
export function seiNal(messages: readonly (readonly [type: number, payload: Buffer])[]): Buffer {
  const rbsp = messages.flatMap(([type, payload]) => [
    ...extended(type),
    ...extended(payload.length),
    ...payload,
  ]);
  return Buffer.from([NAL.sei, ...emulationPrevented([...rbsp, 0x80])]);
}

/** Payload of user_data_registered_itu_t_t35 with these triplets. */
export function captionPayload(triplets: readonly CaptionTriplet[]): Buffer {
  const body = triplets.flatMap(({ type, isValid, pair }) => [
    0xf8 | (isValid === false ? 0 : 4) | type,
    pair >>> 8,
    pair & 0xff,
  ]);
  return Buffer.from([...CAPTION_HEADER, 0xc0 | triplets.length, 0xff, ...body, 0xff]);
}

/** The usual case: one SEI NAL unit with one caption message. */
export function captionSei(triplets: readonly CaptionTriplet[]): Buffer {
  return seiNal([[4, captionPayload(triplets)]]);
}

function extended(value: number): number[] {
  return [...Array<number>(Math.floor(value / 255)).fill(255), value % 255];
}

/** H.264 clause 7.4.1: after two zeros a byte up to 3 must not look like a start code. */
function emulationPrevented(bytes: readonly number[]): number[] {
  const written: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte <= 3) {
      written.push(3);
      zeros = 0;
    }
    written.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return written;
}
