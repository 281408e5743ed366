// The extended headers of Enhanced RTMP v2 (ModEx, multitrack, FourCC). Audio and video differ in the first byte only.

import { GatewayError } from '../errors.ts';

/** The content of one message for one track: ExVideoTagBody or ExAudioTagBody, with fields of its header. */
export type ExTrack = {
  /** The source's number of the track; 0 if the message names none. */
  readonly number: number;
  /** The bits above the packet type in the first byte: the frame type of video. */
  readonly flags: number;
  readonly packetType: number;
  /** Four bytes as a number; 0 if the header ends before it. */
  readonly fourCc: number;
  /** Shares the message's memory. */
  readonly data: Buffer;
};

/** A multitrack message. */
export type Multitrack = {
  readonly kind: 'multitrack';
  /** At least one track, by number. */
  readonly tracks: readonly ExTrack[];
  /** Why the rest of the message cannot be read. */
  readonly damage: GatewayError | undefined;
};

export type ExHeader = { readonly kind: 'plain'; readonly track: ExTrack } | Multitrack;

const PACKET_MULTITRACK = 6;
const AUDIO_PACKET_MULTITRACK = 5;
const PACKET_MOD_EX = 7;
const ONE_TRACK = 0;
const MANY_TRACKS = 1;
const MANY_TRACKS_MANY_CODECS = 2;
/** The track of messages that are not multitrack (Enhanced RTMP v2, multitrack capabilities). */
export const DEFAULT_TRACK = 0;
/** ModEx packets in one message. One type exists: nanoseconds of a timestamp. */
const MAX_MOD_EX = 8;
const FOURCC_BYTES = 4;
const SIZE_BYTES = 3;

/** Reads the header after the first byte, whose low half is the packet type. Throws GatewayError `bad_ex_header`. */
export function parseExHeader(body: Buffer, kind: 'audio' | 'video'): ExHeader {
  const first = body[0] ?? 0;
  const flags = (first >> 4) & 0b111;
  let packetType = first & 0x0f;
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
  if (packetType === multitrack) return parseMultitrack(body, at, flags);
  const fourCc = body.length < at + FOURCC_BYTES ? 0 : body.readUInt32BE(at);
  const data = body.subarray(Math.min(at + FOURCC_BYTES, body.length));
  return { kind: 'plain', track: { number: DEFAULT_TRACK, flags, packetType, fourCc, data } };
}

/** FourCC as text; unprintable bytes are replaced. */
export function fourCcText(fourCc: number): string {
  if (fourCc === 0) return 'no FourCC';
  const text = String.fromCharCode(fourCc >>> 24, (fourCc >> 16) & 0xff, (fourCc >> 8) & 0xff, fourCc & 0xff);
  return text.replace(/[^ -~]/g, '?');
}

/** The same as a name of a codec; undefined if it is none. */
export function fourCcName(fourCc: number): string | undefined {
  const text = fourCcText(fourCc);
  return fourCc === 0 || text.includes('?') || text.trim() === '' ? undefined : text;
}

/** Tracks before a damaged place are kept. */
function parseMultitrack(body: Buffer, first: number, flags: number): Multitrack {
  const multitrackType = byteAt(body, first) >> 4;
  const packetType = byteAt(body, first) & 0x0f;
  if (multitrackType > MANY_TRACKS_MANY_CODECS) throw badHeader(`multitrack type ${multitrackType}`);
  const isShared = multitrackType !== MANY_TRACKS_MANY_CODECS;
  const sharedFourCc = isShared ? readFourCc(body, first + 1) : 0;
  const tracks: ExTrack[] = [];
  const numbers = multitrackType === ONE_TRACK ? undefined : new Set<number>();
  let damage: GatewayError | undefined;
  let at = first + 1 + (isShared ? FOURCC_BYTES : 0);
  try {
    do {
      const fourCc = isShared ? sharedFourCc : readFourCc(body, at);
      if (!isShared) at += FOURCC_BYTES;
      const number = byteAt(body, at);
      if (numbers?.has(number) === true) throw badHeader(`a second track ${number}`);
      numbers?.add(number);
      const [start, end] =
        multitrackType === ONE_TRACK ? [at + 1, body.length] : sizedTrack(body, at + 1, number);
      tracks.push({ number, flags, packetType, fourCc, data: body.subarray(start, end) });
      at = end;
    } while (at < body.length);
  } catch (error) {
    if (tracks.length === 0 || !(error instanceof GatewayError)) throw error;
    damage = error;
  }
  if (multitrackType >= MANY_TRACKS) tracks.sort((left, right) => left.number - right.number);
  return { kind: 'multitrack', tracks, damage };
}

/** @returns the start and end of the data of the track whose size is at `at` */
function sizedTrack(body: Buffer, at: number, number: number): [start: number, end: number] {
  const start = at + SIZE_BYTES;
  if (body.length < start) throw badHeader('the size of a track');
  const end = start + body.readUIntBE(at, SIZE_BYTES);
  if (end > body.length) throw badHeader(`track ${number} of ${end - start} bytes in ${body.length - start}`);
  return [start, end];
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
