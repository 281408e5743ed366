// The extended headers of Enhanced RTMP v2 (ModEx, multitrack, FourCC). Audio and video differ in the first byte only.

import { GatewayError } from '../errors.ts';

/** ExVideoTagHeader or ExAudioTagHeader of the track that the gateway plays, or of the first track if that one is missing. */
export type ExHeader = {
  readonly packetType: number;
  /** Four bytes as a number; 0 if the header ends before it. */
  readonly fourCc: number;
  readonly trackId: number;
  /** The track's data. */
  readonly start: number;
  readonly end: number;
  /** Another track in the same message. */
  readonly other: OtherTrack | undefined;
};

/** A track that is not played. */
export type OtherTrack = { readonly trackId: number; readonly fourCc: string };

const PACKET_MULTITRACK = 6;
const AUDIO_PACKET_MULTITRACK = 5;
const PACKET_MOD_EX = 7;
const ONE_TRACK = 0;
const MANY_TRACKS_MANY_CODECS = 2;
/** The track of messages that are not multitrack (Enhanced RTMP v2, multitrack capabilities). */
const DEFAULT_TRACK = 0;
/** ModEx packets in one message. One type exists: nanoseconds of a timestamp. */
const MAX_MOD_EX = 8;
const FOURCC_BYTES = 4;

/** Reads the header after the first byte, whose low half is the packet type. Throws GatewayError `bad_ex_header`. */
export function parseExHeader(body: Buffer, kind: 'audio' | 'video'): ExHeader {
  let packetType = (body[0] ?? 0) & 0x0f;
  let at = 1;
  for (let count = 0; packetType === PACKET_MOD_EX; count += 1) {
    let size = byteAt(body, at) + 1;
    at += 1;
    if (size === 256) {
      size = byteAt(body, at) * 256 + byteAt(body, at + 1) + 1;
      at += 2;
    }
    if (count === MAX_MOD_EX) throw badHeader(`more than ${MAX_MOD_EX} ModEx packets`);
    packetType = byteAt(body, at + size) & 0x0f;
    at += size + 1;
  }
  const multitrack = kind === 'video' ? PACKET_MULTITRACK : AUDIO_PACKET_MULTITRACK;
  if (packetType === multitrack) return parseMultitrack(body, at);
  const fourCc = body.length < at + FOURCC_BYTES ? 0 : body.readUInt32BE(at);
  const start = Math.min(at + FOURCC_BYTES, body.length);
  return { packetType, fourCc, trackId: DEFAULT_TRACK, start, end: body.length, other: undefined };
}

/** FourCC as text; unprintable bytes are replaced. */
export function fourCcText(fourCc: number): string {
  const text = String.fromCharCode(fourCc >>> 24, (fourCc >> 16) & 0xff, (fourCc >> 8) & 0xff, fourCc & 0xff);
  return text.replace(/[^ -~]/g, '?');
}

function parseMultitrack(body: Buffer, first: number): ExHeader {
  let at = first;
  const multitrackType = byteAt(body, at) >> 4;
  const packetType = byteAt(body, at) & 0x0f;
  at += 1;
  let fourCc = 0;
  if (multitrackType !== MANY_TRACKS_MANY_CODECS) {
    fourCc = readFourCc(body, at);
    at += FOURCC_BYTES;
  }
  let played: ExHeader | undefined;
  let other: ExHeader | undefined;
  while (at < body.length || played === other) {
    if (multitrackType === MANY_TRACKS_MANY_CODECS) {
      fourCc = readFourCc(body, at);
      at += FOURCC_BYTES;
    }
    const trackId = byteAt(body, at);
    at += 1;
    let end = body.length;
    if (multitrackType !== ONE_TRACK) {
      if (body.length < at + 3) throw badHeader('the size of a track');
      end = at + 3 + body.readUIntBE(at, 3);
      at += 3;
      if (end > body.length) throw badHeader(`track ${trackId} of ${end - at} bytes in ${body.length - at}`);
    }
    const header = { packetType, fourCc, trackId, start: at, end, other: undefined };
    if (trackId === DEFAULT_TRACK) played ??= header;
    else other ??= header;
    at = end;
  }
  const header = played ?? other;
  if (header === undefined) throw badHeader('no track');
  if (other === undefined) return header;
  return { ...header, other: { trackId: other.trackId, fourCc: fourCcText(other.fourCc) } };
}

function readFourCc(body: Buffer, at: number): number {
  if (body.length < at + FOURCC_BYTES) throw badHeader('a FourCC');
  return body.readUInt32BE(at);
}

function byteAt(body: Buffer, at: number): number {
  const byte = body[at];
  if (byte === undefined) throw badHeader(`byte ${at}`);
  return byte;
}

function badHeader(what: string): GatewayError {
  return new GatewayError('invalid-data', 'bad_ex_header', `the Enhanced RTMP header is damaged at ${what}`);
}
