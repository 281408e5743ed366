// Reads moof and mdat into samples, in every allowed form (ISO 14496-12 clauses 8.8.4 to 8.8.12).

import { type Box, childOf, childrenOf, fullBoxHead, MediaFault, readBoxes } from './boxes.ts';
import type { InitTrack } from './init-reader.ts';

export type ReadSample = {
  /** Ticks of the track. */
  readonly dts: number;
  readonly duration: number;
  readonly compositionOffset: number;
  readonly isSync: boolean;
  readonly data: Buffer;
};

export type TrackRun = { readonly track: InitTrack; readonly samples: readonly ReadSample[] };

export type ReadFragment = { readonly sequenceNumber: number; readonly runs: readonly TrackRun[] };

const TFHD_BASE_DATA_OFFSET = 0x1;
const TFHD_DESCRIPTION_INDEX = 0x2;
const TFHD_DURATION = 0x8;
const TFHD_SIZE = 0x10;
const TFHD_FLAGS = 0x20;
const TRUN_DATA_OFFSET = 0x1;
const TRUN_FIRST_FLAGS = 0x4;
const TRUN_DURATION = 0x100;
const TRUN_SIZE = 0x200;
const TRUN_FLAGS = 0x400;
const TRUN_COMPOSITION_OFFSET = 0x800;
const SAMPLE_IS_NON_SYNC = 0x1_0000;
/** A minute at 1000 fps. A trun without fields per sample could announce any number. */
const MAX_RUN_SAMPLES = 60_000;

/** Defaults for the samples of a track fragment. */
type Defaults = { duration: number; size: number; flags: number };

/** Fragments of a part or a segment, in order. Throws MediaFault. */
export function readFragments(bytes: Buffer, tracks: readonly InitTrack[]): readonly ReadFragment[] {
  const boxes = readBoxes(bytes);
  return boxes.flatMap((box, at) => {
    if (box.type !== 'moof') return [];
    const mdat = boxes.slice(at + 1).find((other) => other.type === 'mdat' || other.type === 'moof');
    if (mdat?.type !== 'mdat')
      throw new MediaFault(`the moof at byte ${box.start} is not followed by an mdat`);
    return [readFragment(bytes, box, mdat, tracks)];
  });
}

function readFragment(bytes: Buffer, moof: Box, mdat: Box, tracks: readonly InitTrack[]): ReadFragment {
  const sequenceNumber = childOf(moof, 'mfhd').body.readUInt32BE(4);
  const mdatStart = mdat.start + mdat.byteLength - mdat.body.length;
  const place = { bytes, moof, mdatStart, mdatEnd: mdat.start + mdat.byteLength, at: mdatStart };
  const runs = childrenOf(moof)
    .filter((box) => box.type === 'traf')
    .map((traf) => readTrackFragment(traf, place, tracks));
  const used = runs.reduce(
    (sum, run) => sum + run.samples.reduce((all, { data }) => all + data.length, 0),
    0,
  );
  if (used !== mdat.body.length)
    throw new MediaFault(
      `the samples of fragment ${sequenceNumber} have ${used} bytes, its mdat ${mdat.body.length}`,
    );
  return { sequenceNumber, runs };
}

/** Position of sample data; `at` continues from run to run. */
type Place = { bytes: Buffer; moof: Box; mdatStart: number; mdatEnd: number; at: number };

function readTrackFragment(traf: Box, place: Place, tracks: readonly InitTrack[]): TrackRun {
  const tfhd = childOf(traf, 'tfhd');
  const id = tfhd.body.readUInt32BE(4);
  const track = tracks.find((candidate) => candidate.id === id);
  if (track === undefined)
    throw new MediaFault(`a fragment of track ${id}, which the EXT-X-MAP does not have`);
  const { defaults, base } = readDefaults(tfhd, track, place.moof.start);
  const tfdt = childOf(traf, 'tfdt');
  const isLong = fullBoxHead(tfdt).version === 1;
  let dts = isLong ? Number(tfdt.body.readBigUInt64BE(4)) : tfdt.body.readUInt32BE(4);
  const samples: ReadSample[] = [];
  for (const trun of childrenOf(traf).filter((box) => box.type === 'trun')) {
    const read = readRun(trun, { defaults, base, dts }, place);
    samples.push(...read);
    const last = read.at(-1);
    if (last !== undefined) dts = last.dts + last.duration;
  }
  return { track, samples };
}

function readDefaults(tfhd: Box, track: InitTrack, moofStart: number): { defaults: Defaults; base: number } {
  const { flags } = fullBoxHead(tfhd);
  let at = 8;
  let base = moofStart;
  if (flags & TFHD_BASE_DATA_OFFSET) {
    base = Number(tfhd.body.readBigUInt64BE(at));
    at += 8;
  }
  if (flags & TFHD_DESCRIPTION_INDEX) at += 4;
  const next = (isThere: boolean, otherwise: number): number => {
    if (!isThere) return otherwise;
    at += 4;
    return tfhd.body.readUInt32BE(at - 4);
  };
  const duration = next((flags & TFHD_DURATION) !== 0, track.defaultDuration);
  const size = next((flags & TFHD_SIZE) !== 0, track.defaultSize);
  return { defaults: { duration, size, flags: next((flags & TFHD_FLAGS) !== 0, track.defaultFlags) }, base };
}

function readRun(
  trun: Box,
  from: { defaults: Defaults; base: number; dts: number },
  place: Place,
): readonly ReadSample[] {
  const { version, flags } = fullBoxHead(trun);
  const { body } = trun;
  const count = body.readUInt32BE(4);
  let at = 8;
  if (flags & TRUN_DATA_OFFSET) {
    place.at = from.base + body.readInt32BE(at);
    at += 4;
  }
  let firstFlags: number | undefined;
  if (flags & TRUN_FIRST_FLAGS) {
    firstFlags = body.readUInt32BE(at);
    at += 4;
  }
  const fields = [TRUN_DURATION, TRUN_SIZE, TRUN_FLAGS, TRUN_COMPOSITION_OFFSET].filter((bit) => flags & bit);
  if (count * fields.length * 4 !== body.length - at)
    throw new MediaFault(
      `a trun of ${count} samples at byte ${trun.start} has ${body.length - at} bytes for them`,
    );
  if (count > MAX_RUN_SAMPLES) throw new MediaFault(`a trun of ${count} samples at byte ${trun.start}`);
  let dts = from.dts;
  const field = (bit: number, otherwise: number): number => {
    if ((flags & bit) === 0) return otherwise;
    at += 4;
    return body.readUInt32BE(at - 4);
  };
  return Array.from({ length: count }, (_, index) => {
    const duration = field(TRUN_DURATION, from.defaults.duration);
    const size = field(TRUN_SIZE, from.defaults.size);
    const ownFlags = field(TRUN_FLAGS, from.defaults.flags);
    const sampleFlags = index === 0 ? (firstFlags ?? ownFlags) : ownFlags;
    const offset = field(TRUN_COMPOSITION_OFFSET, 0);
    const compositionOffset = version === 0 ? offset : offset | 0;
    const data = takeData(place, size);
    const sample = {
      dts,
      duration,
      compositionOffset,
      isSync: (sampleFlags & SAMPLE_IS_NON_SYNC) === 0,
      data,
    };
    dts += duration;
    return sample;
  });
}

function takeData(place: Place, size: number): Buffer {
  const { at, mdatStart, mdatEnd, bytes } = place;
  if (at < mdatStart || at + size > mdatEnd)
    throw new MediaFault(`a sample at bytes ${at} to ${at + size} is outside its mdat`);
  place.at += size;
  return bytes.subarray(at, at + size);
}
