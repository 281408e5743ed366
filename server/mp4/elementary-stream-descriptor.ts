// The payload of esds: ES_Descriptor around an AudioSpecificConfig (ISO 14496-1 clause 7.2.6; 14496-14 clause 5.6).

import { ByteWriter } from '../bytes/byte-writer.ts';
import type { AacConfig } from '../codec/aac.ts';

const TAG_ES = 0x03;
const TAG_DECODER_CONFIG = 0x04;
const TAG_DECODER_SPECIFIC = 0x05;
const TAG_SL_CONFIG = 0x06;
/** objectTypeIndication 0x40 is MPEG-4 audio; stream type 5 is audio, upStream 0, reserved 1. */
const MPEG4_AUDIO = 0x40;
const AUDIO_STREAM = (5 << 2) | 1;
/** SLConfigDescriptor predefined 2: as in an MP4 file. */
const SL_PREDEFINED_MP4 = 2;
/** Tag and a length in one byte: an AudioSpecificConfig has far fewer than 128 bytes. */
const SHORT_HEADER_BYTES = 2;
/** Tag and a length in four bytes of seven bits. */
const LONG_HEADER_BYTES = 5;

/** version, flags and ES_Descriptor. Bit rates are left at 0: unknown. */
export function esdsPayload(config: AacConfig): Buffer {
  const specific = config.record.length;
  const header = specific < 80 ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
  const decoderConfig = 13 + header + specific;
  const elementaryStream = 3 + header + decoderConfig + header + 1;
  const payload = Buffer.alloc(4 + header + elementaryStream);
  const out = new ByteWriter(payload);
  const descriptor = (tag: number, length: number): void => {
    out.u8(tag);
    for (let group = header - 2; group > 0; group -= 1) out.u8(0x80 | ((length >> (7 * group)) & 0x7f));
    out.u8(length & 0x7f);
  };
  out.u32(0);
  descriptor(TAG_ES, elementaryStream);
  out.u16(0); // ES_ID: 0 in a file
  out.u8(0); // no dependency, URL or OCR
  descriptor(TAG_DECODER_CONFIG, decoderConfig);
  out.u8(MPEG4_AUDIO);
  out.u8(AUDIO_STREAM);
  out.u24(0); // bufferSizeDB
  out.u32(0); // maxBitrate
  out.u32(0); // avgBitrate
  descriptor(TAG_DECODER_SPECIFIC, specific);
  out.bytes(config.record);
  descriptor(TAG_SL_CONFIG, 1);
  out.u8(SL_PREDEFINED_MP4);
  return payload;
}
