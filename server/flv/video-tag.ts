// VIDEODATA: the body of an RTMP video message (Adobe FLV 10.1, annex E.4.3; Enhanced RTMP v2).

import { GatewayError } from '../errors.ts';
import { type ExTrack, fourCcName, fourCcText, type Multitrack, parseExHeader } from './ex-header.ts';

/** The content of a message for one track. */
export type VideoTag =
  /** A decoder configuration record. */
  | { readonly kind: 'config'; readonly record: Buffer }
  /** One access unit, length-prefixed. `compositionMs` is pts − dts. */
  | { readonly kind: 'frame'; readonly isKey: boolean; readonly compositionMs: number; readonly data: Buffer }
  | { readonly kind: 'end-of-sequence' }
  /** A seek marker or an empty body. */
  | { readonly kind: 'nothing' };

const CODEC_AVC = 7;
const FRAME_KEY = 1;
/** Generated key frame, as servers insert; treated as a key frame. */
const FRAME_GENERATED_KEY = 4;
const FRAME_COMMAND = 5;
const PACKET_CONFIG = 0;
const PACKET_NAL_UNITS = 1;
const PACKET_END = 2;
/** Enhanced RTMP: VideoPacketType. */
const EX_SEQUENCE_START = 0;
const EX_CODED_FRAMES = 1;
const EX_SEQUENCE_END = 2;
/** Coded frames without a composition time, which is 0. */
const EX_CODED_FRAMES_X = 3;
const EX_METADATA = 4;
const FOURCC_AVC1 = 0x6176_6331;
/** AVCPacketType and CompositionTime follow the first byte. */
const AVC_HEADER_BYTES = 5;

/** Codec ids of table E.4.3.1, for messages. */
const CODEC_NAMES: Readonly<Record<number, string>> = {
  2: 'Sorenson H.263',
  3: 'Screen video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen video 2',
  12: 'HEVC in the unofficial codec id 12',
};

/** The names without the words around them, for pages in other languages. */
const BARE_NAMES: Readonly<Record<number, string>> = { ...CODEC_NAMES, 5: 'VP6', 12: 'HEVC' };

const NOTHING: VideoTag = { kind: 'nothing' };
const END: VideoTag = { kind: 'end-of-sequence' };

/** Parses one video tag body; `data` and `record` share its memory. `parseVideoTrack` reads multitrack data. */
export function parseVideoTag(body: Buffer): VideoTag | Multitrack {
  const first = body[0];
  if (first === undefined) return NOTHING;
  if ((first & 0x80) !== 0) return parseExVideo(body);
  const frameType = first >> 4;
  const codec = first & 0x0f;
  if (frameType === FRAME_COMMAND) return NOTHING;
  if (codec !== CODEC_AVC)
    throw unsupported(CODEC_NAMES[codec] ?? `video codec id ${codec}`, BARE_NAMES[codec]);
  if (body.length < AVC_HEADER_BYTES) return NOTHING;
  const packetType = body[1];
  const data = body.subarray(AVC_HEADER_BYTES);
  switch (packetType) {
    case PACKET_CONFIG:
      return data.length === 0 ? NOTHING : { kind: 'config', record: data };
    case PACKET_NAL_UNITS: {
      if (data.length === 0) return NOTHING;
      return { kind: 'frame', isKey: isKeyFrame(frameType), compositionMs: body.readIntBE(2, 3), data };
    }
    case PACKET_END:
      return END;
    default:
      throw new GatewayError(
        'invalid-data',
        'bad_video_tag',
        `AVCPacketType ${packetType} does not exist; the valid values are 0 to 2`,
      );
  }
}

function isKeyFrame(frameType: number): boolean {
  return frameType === FRAME_KEY || frameType === FRAME_GENERATED_KEY;
}

function parseExVideo(body: Buffer): VideoTag | Multitrack {
  const header = parseExHeader(body, 'video');
  return header.kind === 'plain' ? parseVideoTrack(header.track) : header;
}

/** Reads the data of one track of Enhanced RTMP. Throws GatewayError if it cannot be played. */
export function parseVideoTrack({ flags: frameType, packetType, fourCc, data }: ExTrack): VideoTag {
  if (packetType === EX_METADATA || frameType === FRAME_COMMAND) return NOTHING;
  if (fourCc !== FOURCC_AVC1)
    throw unsupported(`Enhanced RTMP video (${fourCcText(fourCc)})`, fourCcName(fourCc));
  const isKey = isKeyFrame(frameType);
  switch (packetType) {
    case EX_SEQUENCE_START:
      return data.length === 0 ? NOTHING : { kind: 'config', record: data };
    case EX_CODED_FRAMES:
      if (data.length <= 3) return NOTHING;
      return { kind: 'frame', isKey, compositionMs: data.readIntBE(0, 3), data: data.subarray(3) };
    case EX_CODED_FRAMES_X:
      return data.length === 0 ? NOTHING : { kind: 'frame', isKey, compositionMs: 0, data };
    case EX_SEQUENCE_END:
      return END;
    default:
      throw new GatewayError(
        'invalid-data',
        'bad_video_tag',
        `VideoPacketType ${packetType} is not one of avc1`,
      );
  }
}

/** Writes the tag body of an access unit or a configuration record. */
export function writeAvcTag(tag: {
  isConfig: boolean;
  isKey: boolean;
  compositionMs: number;
  data: Buffer;
}): Buffer {
  const body = Buffer.allocUnsafe(AVC_HEADER_BYTES + tag.data.length);
  body[0] = ((tag.isKey ? FRAME_KEY : 2) << 4) | CODEC_AVC;
  body[1] = tag.isConfig ? PACKET_CONFIG : PACKET_NAL_UNITS;
  body.writeIntBE(tag.compositionMs, 2, 3);
  tag.data.copy(body, AVC_HEADER_BYTES);
  return body;
}

function unsupported(what: string, codec: string | undefined): GatewayError {
  return new GatewayError(
    'unsupported',
    'unsupported_video_codec',
    `${what} is not supported; set the encoder to H.264`,
    codec === undefined ? undefined : { codec },
  );
}
