// The initialization segment: ftyp and moov with an empty sample table per track (ISO 14496-12 clause 8; CMAF 7.3.1).
// mp4box writes the boxes from a tree of our own; decoder records are copied verbatim.

import type { Box } from 'mp4box';
import type { AacConfig } from '../codec/aac.ts';
import type { AvcConfig } from '../codec/avc.ts';
import { pictureOf } from '../codec/codec-config.ts';
import type { Track } from '../media/track.ts';
import { memoized } from '../memoized.ts';
import { loadPackage } from '../packages.ts';
import { esdsPayload } from './elementary-stream-descriptor.ts';
import { mp4TrackId } from './track-id.ts';

type Mp4box = typeof import('mp4box');
type Boxes = Mp4box['BoxParser']['box'];
type SampleEntries = Mp4box['BoxParser']['sampleEntry'];

/** Loaded with the first init segment, which takes 20 ms. */
const mp4box = memoized(() => loadPackage<Mp4box>('mp4box'));

/** The unity matrix by rows: 16.16 fixed point, the last column 2.30 (clause 6.2.2). */
const UNITY_MATRIX = new Int32Array([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);
/** `und`: three letters of five bits (clause 8.4.2.3). */
const LANGUAGE_UNDETERMINED = 0x55c4;
/** Milliseconds. The movie timescale is only for durations, and a live movie has none. */
const MOVIE_TIMESCALE = 1_000;
/** mp4box writes volumes as 8.8 fixed point itself. */
const FULL_VOLUME = 1;
const TRACK_ENABLED_IN_MOVIE = 0b11;
const RESOLUTION_72_DPI = 0x48_0000;
/** The range of 16.16 fixed point. */
const MAX_SIDE = 0xffff;
/** dref entry flag: the media is in this file (clause 8.7.2.3). */
const SELF_CONTAINED_MEDIA = 1;

/** Writes ftyp+moov for the given tracks, about 1.3 KB. */
export function writeInitSegment(tracks: readonly Track[]): Buffer {
  const ftyp = newBox('ftyp');
  ftyp.major_brand = 'iso6';
  ftyp.minor_version = 0;
  ftyp.compatible_brands = ['iso6', 'cmfc', 'mp41'];

  const moov = newBox('moov');
  moov.addBox(movieHeader());
  for (const track of tracks) moov.addBox(trackBox(track));
  const mvex = moov.addBox(newBox('mvex'));
  for (const track of tracks) mvex.addBox(trackExtends(track));

  const stream = new (mp4box().DataStream)();
  ftyp.write(stream);
  moov.write(stream);
  return Buffer.from(stream.buffer);
}

function movieHeader(): Box {
  const mvhd = newBox('mvhd');
  mvhd.creation_time = 0;
  mvhd.modification_time = 0;
  mvhd.timescale = MOVIE_TIMESCALE;
  mvhd.duration = 0;
  mvhd.rate = 0x1_0000;
  mvhd.volume = FULL_VOLUME;
  mvhd.matrix = UNITY_MATRIX;
  mvhd.next_track_id = 0xffff_ffff;
  return mvhd;
}

function trackBox(track: Track): Box {
  const trak = newBox('trak');
  trak.addBox(trackHeader(track));
  const mdia = trak.addBox(newBox('mdia'));
  mdia.addBox(mediaHeader(track));
  mdia.addBox(handler(track));
  const minf = mdia.addBox(newBox('minf'));
  minf.addBox(mediaTypeHeader(track));
  minf.addBox(dataInformation());
  minf.addBox(emptySampleTable(track));
  return trak;
}

function trackHeader(track: Track): Box {
  const tkhd = newBox('tkhd');
  tkhd.flags = TRACK_ENABLED_IN_MOVIE;
  tkhd.creation_time = 0;
  tkhd.modification_time = 0;
  tkhd.track_id = mp4TrackId(track.id);
  tkhd.duration = 0;
  tkhd.layer = 0;
  tkhd.alternate_group = 0;
  tkhd.volume = track.kind === 'audio' ? FULL_VOLUME : 0;
  tkhd.matrix = UNITY_MATRIX;
  // The display size, 16.16 fixed point (clause 8.3.2.3). The sample entry has the coded size.
  const picture = track.kind === 'video' ? pictureOf(track.config) : undefined;
  tkhd.width = Math.min(picture?.displayWidth ?? 0, MAX_SIDE) * 0x1_0000;
  tkhd.height = Math.min(picture?.displayHeight ?? 0, MAX_SIDE) * 0x1_0000;
  return tkhd;
}

function mediaHeader(track: Track): Box {
  const mdhd = newBox('mdhd');
  mdhd.creation_time = 0;
  mdhd.modification_time = 0;
  mdhd.timescale = track.timescale;
  mdhd.duration = 0;
  mdhd.language = LANGUAGE_UNDETERMINED;
  return mdhd;
}

function handler(track: Track): Box {
  const hdlr = newBox('hdlr');
  hdlr.handler = track.kind === 'video' ? 'vide' : 'soun';
  hdlr.name = track.kind === 'video' ? 'VideoHandler' : 'SoundHandler';
  return hdlr;
}

function mediaTypeHeader(track: Track): Box {
  if (track.kind === 'video') {
    const vmhd = newBox('vmhd');
    vmhd.flags = 1;
    vmhd.graphicsmode = 0;
    vmhd.opcolor = [0, 0, 0];
    return vmhd;
  }
  const smhd = newBox('smhd');
  smhd.balance = 0;
  return smhd;
}

function dataInformation(): Box {
  const dinf = newBox('dinf');
  const dref = dinf.addBox(newBox('dref'));
  const url = newBox('url ');
  url.flags = SELF_CONTAINED_MEDIA;
  dref.addEntry(url);
  return dinf;
}

/** CMAF 7.5.12: the moov's sample table describes no sample. */
function emptySampleTable(track: Track): Box {
  const stbl = newBox('stbl');
  const stsd = stbl.addBox(newBox('stsd'));
  stsd.addEntry(track.kind === 'video' ? avcSampleEntry(track.config) : aacSampleEntry(track.config));
  const stts = stbl.addBox(newBox('stts'));
  stts.sample_counts = [];
  stts.sample_deltas = [];
  const stsc = stbl.addBox(newBox('stsc'));
  stsc.first_chunk = [];
  stsc.samples_per_chunk = [];
  stsc.sample_description_index = [];
  const stsz = stbl.addBox(newBox('stsz'));
  stsz.sample_sizes = [];
  const stco = stbl.addBox(newBox('stco'));
  stco.chunk_offsets = [];
  return stbl;
}

/** ISO 14496-15 clause 5.4.2.1. */
function avcSampleEntry(config: AvcConfig): Box {
  const entry = newSampleEntry('avc1');
  entry.data_reference_index = 1;
  const { width, height, pixelWidth, pixelHeight } = pictureOf(config);
  entry.width = width;
  entry.height = height;
  entry.horizresolution = RESOLUTION_72_DPI;
  entry.vertresolution = RESOLUTION_72_DPI;
  entry.frame_count = 1;
  entry.compressorname = '';
  entry.depth = 24;
  entry.addBox(verbatimBox('avcC', config.record));
  if (pixelWidth !== pixelHeight) entry.addBox(verbatimBox('pasp', pixelAspect(pixelWidth, pixelHeight)));
  return entry;
}

/** The payload of pasp (clause 12.1.4). */
function pixelAspect(horizontal: number, vertical: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(horizontal, 0);
  payload.writeUInt32BE(vertical, 4);
  return payload;
}

/** ISO 14496-14 clause 5.6.1. */
function aacSampleEntry(config: AacConfig): Box {
  const entry = newSampleEntry('mp4a');
  entry.data_reference_index = 1;
  entry.channel_count = config.channels;
  entry.samplesize = 16;
  entry.samplerate = config.sampleRate < 0x1_0000 ? config.sampleRate : 0;
  entry.addBox(verbatimBox('esds', esdsPayload(config)));
  return entry;
}

/** A box with a given payload. mp4box writes from the start of the underlying memory, so a copy is needed. */
function verbatimBox(type: string, payload: Uint8Array): Box {
  const verbatim = new (mp4box().Box)();
  verbatim.type = type;
  verbatim.data = new Uint8Array(payload);
  return verbatim;
}

function trackExtends(track: Track): Box {
  const trex = newBox('trex');
  trex.track_id = mp4TrackId(track.id);
  trex.default_sample_description_index = 1;
  trex.default_sample_duration = 0;
  trex.default_sample_size = 0;
  trex.default_sample_flags = 0;
  return trex;
}

function newBox<Type extends keyof Boxes>(type: Type): InstanceType<Boxes[Type]> {
  const { box } = mp4box().BoxParser;
  return new box[type]() as InstanceType<Boxes[Type]>;
}

function newSampleEntry<Type extends keyof SampleEntries>(type: Type): InstanceType<SampleEntries[Type]> {
  const { sampleEntry } = mp4box().BoxParser;
  return new sampleEntry[type]() as InstanceType<SampleEntries[Type]>;
}
