// H.264 in its MP4 form: the decoder configuration record and length-prefixed NAL units (ISO 14496-15 clause 5).

import { ByteReader } from '../bytes/byte-reader.ts';
import { GatewayError } from '../errors.ts';
import { parseSequenceParameters, type SequenceParameters } from './avc-sps.ts';

/** An AVCDecoderConfigurationRecord, kept verbatim, and what was read out of it. */
export type AvcConfig = {
  readonly kind: 'avc';
  readonly record: Buffer;
  /** RFC 6381: `avc1.` and profile, constraints, level in hexadecimal. */
  readonly codecString: string;
  /** Bytes of each NAL unit's length prefix: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly sps: SequenceParameters;
};

/** Table 7-1 of H.264. */
const NAL_TYPE_IDR = 5;
/** A 4K access unit has some hundreds of slices; one of more NAL units than this is made to burn the walk's time. */
export const MAX_NAL_UNITS = 4_096;

/** Parses clause 5.3.3.1.2; the record is copied so that it does not hold a message's memory. */
export function parseAvcConfig(body: Buffer): AvcConfig {
  const reader = new ByteReader(body, 'AVCDecoderConfigurationRecord');
  const version = reader.u8();
  if (version !== 1) {
    throw new GatewayError(
      'invalid-data',
      'bad_avc_config',
      `the AVC configuration has version ${version}, not 1; Annex B is not what FLV carries`,
    );
  }
  const [profile, constraints, level] = [reader.u8(), reader.u8(), reader.u8()];
  const lengthSize = (reader.u8() & 0b11) + 1;
  if (lengthSize === 3)
    throw new GatewayError('invalid-data', 'bad_avc_config', 'NAL unit lengths of 3 bytes do not exist');
  const spsCount = reader.u8() & 0b1_1111;
  if (spsCount === 0)
    throw new GatewayError('invalid-data', 'bad_avc_config', 'the AVC configuration holds no SPS');
  const sps = parseSequenceParameters(reader.bytes(reader.u16()));
  for (let at = 1; at < spsCount; at += 1) reader.skip(reader.u16());
  const ppsCount = reader.u8();
  if (ppsCount === 0)
    throw new GatewayError('invalid-data', 'bad_avc_config', 'the AVC configuration holds no PPS');
  for (let at = 0; at < ppsCount; at += 1) reader.skip(reader.u16());
  const hex = [profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { kind: 'avc', record: Buffer.from(body), codecString: `avc1.${hex}`, lengthSize, sps };
}

/** What a walk over one access unit found. */
export type AccessUnitFacts = { readonly isIdr: boolean };

const IDR: AccessUnitFacts = { isIdr: true };
const NOT_IDR: AccessUnitFacts = { isIdr: false };

/**
 * Walks the length prefixes of one access unit.
 * @returns undefined when they do not add up to the body, or one of them is 0: FFmpeg drops such a unit, and Chromium
 * ends playback at it.
 */
export function walkAccessUnit(body: Buffer, lengthSize: number): AccessUnitFacts | undefined {
  let isIdr = false;
  let offset = 0;
  for (let count = 0; offset < body.length; count += 1) {
    if (count === MAX_NAL_UNITS || body.length - offset < lengthSize) return undefined;
    const length = lengthSize === 4 ? body.readUInt32BE(offset) : body.readUIntBE(offset, lengthSize);
    offset += lengthSize;
    if (length === 0 || length > body.length - offset) return undefined;
    if (((body[offset] ?? 0) & 0b1_1111) === NAL_TYPE_IDR) isIdr = true;
    offset += length;
  }
  if (offset === 0) return undefined;
  return isIdr ? IDR : NOT_IDR;
}
