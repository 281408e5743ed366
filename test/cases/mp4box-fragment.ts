// mp4box as the judge of fragments: writes a tree of boxes, and reads the samples back.

import { Box, BoxParser, createFile, DataStream, type ISOFile, MP4BoxBuffer } from 'mp4box';
import type { FragmentSample, FragmentTrack } from '../../server/mp4/fragment.ts';

const { box } = BoxParser;

/** sample_depends_on 2; sample_depends_on 1 and sample_is_non_sync_sample (ISO 14496-12 clause 8.8.3.1). */
const SYNC_FLAGS = 0x0200_0000;
const NON_SYNC_FLAGS = 0x0101_0000;

/** The same fragment, written by mp4box from a tree. */
export function mp4boxFragment(sequenceNumber: number, tracks: readonly FragmentTrack[]): Buffer {
  const moof = new box.moof();
  const mfhd = new box.mfhd();
  mfhd.sequence_number = sequenceNumber;
  moof.addBox(mfhd);
  const runs = tracks.map((track) => {
    const traf = moof.addBox(new box.traf());
    traf.addBox(trackFragmentHeader(track));
    const tfdt = new box.tfdt();
    tfdt.version = 1;
    tfdt.baseMediaDecodeTime = track.baseDecodeTime;
    traf.addBox(tfdt);
    return { track, trun: traf.addBox(trackRun(track)) };
  });
  const stream = new DataStream();
  moof.write(stream);
  let dataOffset = stream.getPosition() + 8;
  const end = stream.getPosition();
  for (const { track, trun } of runs) {
    stream.seek(trun.data_offset_position);
    stream.writeUint32(dataOffset);
    for (const sample of track.samples) dataOffset += sample.data.length;
  }
  stream.seek(end);
  const mdat = new Box();
  mdat.type = 'mdat';
  const payload = tracks.flatMap(({ samples }) => samples.map(({ data }) => data));
  mdat.data = new Uint8Array(Buffer.concat(payload));
  mdat.write(stream);
  return Buffer.from(stream.buffer);
}

/** Reads a file or fragment from its first byte. */
export function mp4boxFile(bytes: Buffer): ISOFile {
  const file = createFile();
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0));
  file.flush();
  return file;
}

/** The tracks of a fragment, read back by mp4box; data is cut out at the positions in the runs. */
export function readFragment(bytes: Buffer): FragmentTrack[] {
  const moof = mp4boxFile(bytes).moofs[0];
  if (moof === undefined) throw new RangeError('the fragment holds no moof');
  return moof.trafs.map((traf): FragmentTrack => {
    const { tfhd, tfdt } = traf;
    const trun = traf.truns[0];
    if (trun === undefined) throw new RangeError('a track fragment holds no run');
    let at = (moof.start ?? Number.NaN) + trun.data_offset;
    const samples = Array.from({ length: trun.sample_count }, (_, index): FragmentSample => {
      const size = trun.sample_size[index] ?? Number.NaN;
      const data = bytes.subarray(at, at + size);
      at += size;
      return {
        duration: trun.sample_duration[index] ?? Number.NaN,
        compositionOffset: trun.sample_composition_time_offset[index] ?? 0,
        isSync: (trun.sample_flags[index] ?? tfhd.default_sample_flags) === SYNC_FLAGS,
        data,
      };
    });
    const kind = trun.sample_flags.length > 0 ? 'video' : 'audio';
    return { trackId: tfhd.track_id, kind, baseDecodeTime: tfdt.baseMediaDecodeTime, samples };
  });
}

/** default-base-is-moof; for audio, one set of flags for all samples. */
function trackFragmentHeader(track: FragmentTrack): Box {
  const tfhd = new box.tfhd();
  tfhd.flags = track.kind === 'video' ? 0x02_0000 : 0x02_0020;
  tfhd.track_id = track.trackId;
  if (track.kind === 'audio') tfhd.default_sample_flags = SYNC_FLAGS;
  return tfhd;
}

function trackRun(track: FragmentTrack): InstanceType<typeof box.trun> {
  const trun = new box.trun();
  trun.version = 1;
  trun.flags = track.kind === 'video' ? 0xf01 : 0x301;
  trun.sample_count = track.samples.length;
  trun.data_offset = 0;
  trun.sample_duration = track.samples.map(({ duration }) => duration);
  trun.sample_size = track.samples.map(({ data }) => data.length);
  trun.sample_flags = track.samples.map(({ isSync }) => (isSync ? SYNC_FLAGS : NON_SYNC_FLAGS));
  trun.sample_composition_time_offset = track.samples.map(({ compositionOffset }) => compositionOffset);
  return trun;
}
