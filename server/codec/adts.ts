// ADTS, the framing of AAC outside MP4 and FLV (ISO 14496-3 clause 1.A.2.2), which some encoders leave in FLV tags.
// LOAS (clause 1.7.2) is only recognised.

import { GatewayError } from '../errors.ts';
import { type AacConfig, parseAacConfig } from './aac.ts';

const HEADER_BYTES = 7;
const CRC_BYTES = 2;
const LOAS_HEADER_BYTES = 3;

/** Whether a frame starts with an ADTS header: 12 bits of sync and layer 0. No raw AAC frame starts with ID_END. */
export function hasAdtsHeader(data: Buffer): boolean {
  return data.length >= HEADER_BYTES && data[0] === 0xff && ((data[1] ?? 0) & 0xf6) === 0xf0;
}

/** Whether data is an AudioSyncStream: 11 bits of sync, and a length that ends where the data ends. */
export function isLoas(data: Buffer): boolean {
  if (data.length <= LOAS_HEADER_BYTES || data.readUInt16BE(0) >> 5 !== 0x2b7) return false;
  return (data.readUInt16BE(1) & 0x1fff) + LOAS_HEADER_BYTES === data.length;
}

/** The configuration of an ADTS header. Throws GatewayError if it cannot be played. */
export function adtsConfig(header: Buffer): AacConfig {
  const [profile, rateIndex, channels] = [
    (header[2] ?? 0) >> 6,
    ((header[2] ?? 0) >> 2) & 0xf,
    adtsChannels(header),
  ];
  if (channels === 0)
    throw new GatewayError(
      'unsupported',
      'unsupported_audio_payload',
      'ADTS without a channel configuration cannot be played',
    );
  const bits = ((profile + 1) << 11) | (rateIndex << 7) | (channels << 3);
  return parseAacConfig(Buffer.of(bits >> 8, bits & 0xff));
}

/** End of the ADTS frame at `start`; undefined if it is incomplete or has several blocks, which cannot be separated. */
export function adtsFrameEnd(data: Buffer, start: number): number | undefined {
  if (!hasAdtsHeader(data.subarray(start))) return undefined;
  const length = (data.readUIntBE(start + 3, 3) >> 5) & 0x1fff;
  const isOneBlock = ((data[start + 6] ?? 0) & 0b11) === 0;
  const isWhole = length > adtsHeaderBytes(data, start) && start + length <= data.length;
  return isOneBlock && isWhole ? start + length : undefined;
}

/** The header is longer by a CRC unless protection_absent is set. */
export function adtsHeaderBytes(data: Buffer, start: number): number {
  return ((data[start + 1] ?? 0) & 1) === 1 ? HEADER_BYTES : HEADER_BYTES + CRC_BYTES;
}

function adtsChannels(header: Buffer): number {
  return (((header[2] ?? 0) & 1) << 2) | ((header[3] ?? 0) >> 6);
}
