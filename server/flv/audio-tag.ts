// AUDIODATA: the body of an RTMP audio message (Adobe FLV 10.1, annex E.4.2; Enhanced RTMP v2).

import { GatewayError } from '../errors.ts';
import { type ExTrack, fourCcName, fourCcText, type Multitrack, parseExHeader } from './ex-header.ts';

/** The content of a message for one track. */
export type AudioTag =
  /** An AudioSpecificConfig. */
  | { readonly kind: 'config'; readonly record: Buffer }
  /** One raw AAC frame. */
  | { readonly kind: 'frame'; readonly data: Buffer }
  /** An empty body. */
  | { readonly kind: 'nothing' };

const FORMAT_AAC = 10;
const FORMAT_EX_HEADER = 9;
const PACKET_CONFIG = 0;
const PACKET_RAW = 1;
/** Enhanced RTMP: AudioPacketType. */
const EX_SEQUENCE_START = 0;
const EX_CODED_FRAMES = 1;
const EX_SEQUENCE_END = 2;
const EX_MULTICHANNEL_CONFIG = 4;
const FOURCC_MP4A = 0x6d70_3461;
/** SoundFormat's byte and AACPacketType. */
const AAC_HEADER_BYTES = 2;
/** For AAC the byte always says 44 kHz, 16 bit, stereo (E.4.2.1). */
const AAC_FIRST_BYTE = 0xaf;

/** Sound formats of table E.4.2.1, for messages. */
const FORMAT_NAMES: Readonly<Record<number, string>> = {
  0: 'linear PCM',
  1: 'ADPCM',
  2: 'MP3',
  3: 'little-endian PCM',
  4: 'Nellymoser 16 kHz',
  5: 'Nellymoser 8 kHz',
  6: 'Nellymoser',
  7: 'G.711 A-law',
  8: 'G.711 mu-law',
  11: 'Speex',
  14: 'MP3 8 kHz',
};

/** The names without the words around them, for pages in other languages. */
const BARE_NAMES: Readonly<Record<number, string>> = { ...FORMAT_NAMES, 0: 'PCM', 3: 'PCM' };

const NOTHING: AudioTag = { kind: 'nothing' };

/** Parses one audio tag body; `data` and `record` share its memory. `parseAudioTrack` reads multitrack data. */
export function parseAudioTag(body: Buffer): AudioTag | Multitrack {
  const first = body[0];
  if (first === undefined) return NOTHING;
  const format = first >> 4;
  if (format === FORMAT_EX_HEADER) return parseExAudio(body);
  if (format !== FORMAT_AAC)
    throw unsupported(FORMAT_NAMES[format] ?? `sound format ${format}`, BARE_NAMES[format]);
  if (body.length <= AAC_HEADER_BYTES) return NOTHING;
  const data = body.subarray(AAC_HEADER_BYTES);
  switch (body[1]) {
    case PACKET_CONFIG:
      return { kind: 'config', record: data };
    case PACKET_RAW:
      return { kind: 'frame', data };
    default:
      throw new GatewayError(
        'invalid-data',
        'bad_audio_tag',
        `AACPacketType ${body[1]} does not exist; the valid values are 0 and 1`,
      );
  }
}

function parseExAudio(body: Buffer): AudioTag | Multitrack {
  const header = parseExHeader(body, 'audio');
  return header.kind === 'plain' ? parseAudioTrack(header.track) : header;
}

/** Reads the data of one track of Enhanced RTMP. Throws GatewayError if it cannot be played. */
export function parseAudioTrack({ packetType, fourCc, data }: ExTrack): AudioTag {
  if (fourCc !== FOURCC_MP4A)
    throw unsupported(`Enhanced RTMP audio (${fourCcText(fourCc)})`, fourCcName(fourCc));
  if (data.length === 0 || packetType === EX_SEQUENCE_END || packetType === EX_MULTICHANNEL_CONFIG)
    return NOTHING;
  if (packetType === EX_SEQUENCE_START) return { kind: 'config', record: data };
  if (packetType === EX_CODED_FRAMES) return { kind: 'frame', data };
  throw new GatewayError('invalid-data', 'bad_audio_tag', `AudioPacketType ${packetType} is not one of mp4a`);
}

/** Writes the tag body of an AAC frame or its configuration. */
export function writeAacTag(tag: { isConfig: boolean; data: Buffer }): Buffer {
  const body = Buffer.allocUnsafe(AAC_HEADER_BYTES + tag.data.length);
  body[0] = AAC_FIRST_BYTE;
  body[1] = tag.isConfig ? PACKET_CONFIG : PACKET_RAW;
  tag.data.copy(body, AAC_HEADER_BYTES);
  return body;
}

function unsupported(what: string, codec: string | undefined): GatewayError {
  return new GatewayError(
    'unsupported',
    'unsupported_audio_codec',
    `${what} is not supported; set the encoder to AAC`,
    codec === undefined ? undefined : { codec },
  );
}
