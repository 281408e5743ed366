// Reads moof+mdat into samples, independently of the writer's code.

export type ReadSample = {
  readonly trackId: number;
  readonly dts: number;
  readonly pts: number;
  readonly duration: number;
  readonly data: Buffer;
};

export function readFragment(bytes: Buffer): ReadSample[] {
  const moofBytes = bytes.readUInt32BE(0);
  if (bytes.toString('latin1', 4, 8) !== 'moof') throw new Error('a part does not start with moof');
  return boxes(bytes, 8, moofBytes)
    .filter((box) => box.type === 'traf')
    .flatMap((traf) => readTrackFragment(bytes, traf));
}

type BoxPlace = { readonly type: string; readonly start: number; readonly end: number };

function boxes(bytes: Buffer, start: number, end: number): BoxPlace[] {
  const found: BoxPlace[] = [];
  for (let at = start; at < end; at += bytes.readUInt32BE(at)) {
    found.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      start: at + 8,
      end: at + bytes.readUInt32BE(at),
    });
  }
  return found;
}

function readTrackFragment(bytes: Buffer, traf: BoxPlace): ReadSample[] {
  const children = boxes(bytes, traf.start, traf.end);
  const start = (type: string): number => {
    const child = children.find((candidate) => candidate.type === type);
    if (child === undefined) throw new Error(`a traf without ${type}`);
    return child.start;
  };
  const trackId = bytes.readUInt32BE(start('tfhd') + 4);
  let dts = Number(bytes.readBigUInt64BE(start('tfdt') + 4));
  const run = start('trun');
  const flags = bytes.readUInt32BE(run) & 0xff_ffff;
  const count = bytes.readUInt32BE(run + 4);
  const entryBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  let dataAt = bytes.readInt32BE(run + 8);
  return Array.from({ length: count }, (_, at) => {
    const entry = run + 12 + at * entryBytes;
    const [duration, size] = [bytes.readUInt32BE(entry), bytes.readUInt32BE(entry + 4)];
    // The last field of an entry, signed (trun version 1).
    const offset = (flags & 0x800) === 0 ? 0 : bytes.readInt32BE(entry + entryBytes - 4);
    const data = bytes.subarray(dataAt, dataAt + size);
    const sample = { trackId, dts, pts: dts + offset, duration, data };
    dts += duration;
    dataAt += size;
    return sample;
  });
}
