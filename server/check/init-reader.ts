// Reads a Media Initialization Section: its tracks, their clocks and codecs (ISO 14496-12 clause 8; RFC 8216bis 3.1.2).

import { parseAacConfig } from '../codec/aac.ts';
import { parseAvcConfig } from '../codec/avc.ts';
import { pictureOf } from '../codec/codec-config.ts';
import { type Box, childOf, childrenOf, descend, fullBoxHead, MediaFault, readBoxes } from './boxes.ts';

export type InitTrack = {
  readonly id: number;
  readonly kind: 'video' | 'audio' | 'other';
  readonly timescale: number;
  /** RFC 6381; only the sample entry's name for codecs that are not parsed. */
  readonly codec: string;
  /** Pixels of the pictures; 0 for sound. */
  readonly width: number;
  readonly height: number;
  /** Their width when shown, if pixels are not square. */
  readonly shownWidth: number;
  /** AVC: size of a NAL unit's length field. */
  readonly nalLengthSize: number | undefined;
  readonly isEncrypted: boolean;
  /** trex: defaults for fragments. */
  readonly defaultDuration: number;
  readonly defaultSize: number;
  readonly defaultFlags: number;
};

type SampleEntry = Pick<
  InitTrack,
  'codec' | 'width' | 'height' | 'shownWidth' | 'nalLengthSize' | 'isEncrypted'
>;

const VISUAL_ENTRY_BYTES = 78;
const AUDIO_ENTRY_BYTES = 28;
/** Tags of descriptors (ISO 14496-1 7.2.2.1). */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;
const KINDS: Readonly<Record<string, InitTrack['kind']>> = { vide: 'video', soun: 'audio' };

/** Throws MediaFault, or the codec parsers' GatewayError. */
export function readInit(bytes: Buffer): readonly InitTrack[] {
  const boxes = readBoxes(bytes);
  const moov = boxes.find((box) => box.type === 'moov');
  if (boxes[0]?.type !== 'ftyp')
    throw new MediaFault(`it begins with ${boxes[0]?.type ?? 'nothing'}, not ftyp`);
  if (moov === undefined) throw new MediaFault('it has no moov');
  const extra = boxes.find((box) => box.type === 'mdat' || box.type === 'moof');
  if (extra !== undefined) throw new MediaFault(`it has samples: ${extra.type} at byte ${extra.start}`);
  const traks = childrenOf(moov).filter((box) => box.type === 'trak');
  if (traks.length === 0) throw new MediaFault('its moov has no track');
  const extensions = childrenOf(childOf(moov, 'mvex')).filter((box) => box.type === 'trex');
  return traks.map((trak) => readTrack(trak, extensions));
}

function readTrack(trak: Box, extensions: readonly Box[]): InitTrack {
  const tkhd = childOf(trak, 'tkhd');
  const id = tkhd.body.readUInt32BE(fullBoxHead(tkhd).version === 1 ? 20 : 12);
  const mdhd = descend(trak, 'mdia', 'mdhd');
  const timescale = mdhd.body.readUInt32BE(fullBoxHead(mdhd).version === 1 ? 20 : 12);
  if (timescale === 0) throw new MediaFault(`track ${id} has the timescale 0`);
  const handler = descend(trak, 'mdia', 'hdlr').body.toString('latin1', 8, 12);
  const stsd = descend(trak, 'mdia', 'minf', 'stbl', 'stsd');
  const [entry] = childrenOf(stsd, 8);
  if (entry === undefined) throw new MediaFault(`track ${id} has no sample entry`);
  const trex = extensions.find((box) => box.body.readUInt32BE(4) === id);
  if (trex === undefined) throw new MediaFault(`track ${id} has no trex`);
  const kind = KINDS[handler] ?? 'other';
  return {
    id,
    kind,
    timescale,
    ...(kind === 'other' ? plainEntry(entry.type) : readEntry(entry, kind)),
    defaultDuration: trex.body.readUInt32BE(12),
    defaultSize: trex.body.readUInt32BE(16),
    defaultFlags: trex.body.readUInt32BE(20),
  };
}

function plainEntry(codec: string): SampleEntry {
  return { codec, width: 0, height: 0, shownWidth: 0, nalLengthSize: undefined, isEncrypted: false };
}

function readEntry(entry: Box, kind: 'video' | 'audio'): SampleEntry {
  if (entry.type === 'encv' || entry.type === 'enca') return { ...plainEntry(entry.type), isEncrypted: true };
  if (kind === 'audio') return { ...plainEntry(entry.type), codec: audioCodec(entry) };
  const [width, height] = [entry.body.readUInt16BE(24), entry.body.readUInt16BE(26)];
  const boxes = childrenOf(entry, VISUAL_ENTRY_BYTES);
  const avcC = boxes.find((box) => box.type === 'avcC');
  const pasp = boxes.find((box) => box.type === 'pasp');
  const shownWidth = pasp === undefined ? width : Math.round(width * pixelShape(pasp));
  if (avcC === undefined) return { ...plainEntry(entry.type), width, height, shownWidth };
  const config = parseAvcConfig(avcC.body);
  const { sps } = config;
  if (sps.width !== width || sps.height !== height)
    throw new MediaFault(`its sample entry says ${width}x${height}, the SPS ${sps.width}x${sps.height}`);
  // RFC 6381 3.3: the entry's name, then profile, constraints and level from the record.
  const codec = `${entry.type}.${avcC.body.toString('hex', 1, 4)}`;
  const { displayWidth } = pictureOf(config);
  return {
    ...{ codec, width, height, nalLengthSize: config.lengthSize, isEncrypted: false },
    shownWidth: pasp === undefined ? displayWidth : shownWidth,
  };
}

/** hSpacing by vSpacing of a pasp (ISO 14496-12 clause 12.1.4). */
function pixelShape(pasp: Box): number {
  const [horizontal, vertical] = [pasp.body.readUInt32BE(0), pasp.body.readUInt32BE(4)];
  return horizontal > 0 && vertical > 0 ? horizontal / vertical : 1;
}

function audioCodec(entry: Box): string {
  const esds = childrenOf(entry, AUDIO_ENTRY_BYTES).find((box) => box.type === 'esds');
  if (entry.type !== 'mp4a' || esds === undefined) return entry.type;
  const es = descriptor(esds.body.subarray(4), ES_DESCRIPTOR);
  // ES_ID and flags come first; none of the optional fields is used in a file (ISO 14496-14 3.1.2).
  const config = descriptor(es.subarray(3), DECODER_CONFIG);
  const objectType = config.readUInt8(0);
  if (objectType !== 0x40) return `mp4a.${objectType.toString(16)}`;
  return parseAacConfig(descriptor(config.subarray(13), DECODER_SPECIFIC)).codecString;
}

/** The body of the descriptor that begins here (ISO 14496-1 8.3.3: lengths of seven bits a byte). */
function descriptor(bytes: Buffer, wanted: number): Buffer {
  let at = 1;
  let length = 0;
  let byte = 0x80;
  while (byte & 0x80) {
    byte = bytes[at++] ?? 0;
    length = (length << 7) | (byte & 0x7f);
  }
  if (bytes[0] !== wanted || length > bytes.length - at)
    throw new MediaFault(
      `esds: descriptor ${bytes[0] ?? 'none'} of ${length} bytes where ${wanted} is wanted`,
    );
  return bytes.subarray(at, at + length);
}
