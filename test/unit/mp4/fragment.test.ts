import { describe, expect, it } from 'vitest';
import { MAX_FRAGMENT_BYTES, writeFragment } from '../../../server/mp4/fragment.ts';
import { audioRun, FRAGMENT_CASES, fragmentSample, videoRun } from '../../cases/fragments.ts';
import { boxesOf, boxOf, boxTree, inspectMp4 } from '../../cases/inspected-boxes.ts';
import { mp4boxFragment, readFragment } from '../../cases/mp4box-fragment.ts';
import { fragmentBytes } from '../../support/fragment-bytes.ts';

describe('writeFragment', () => {
  it.each(FRAGMENT_CASES)('writes $name as mp4box does, byte for byte', ({ sequenceNumber, tracks }) => {
    const written = fragmentBytes(sequenceNumber, tracks);
    expect(written.toString('hex')).toBe(mp4boxFragment(sequenceNumber, tracks).toString('hex'));
  });

  it.each(FRAGMENT_CASES)('writes $name so that mp4box finds every sample', ({ sequenceNumber, tracks }) => {
    expect(readFragment(fragmentBytes(sequenceNumber, tracks))).toEqual(
      tracks.map((track) => ({
        ...track,
        samples: track.samples.map((sample) => ({ ...sample, data: Buffer.from(sample.data) })),
      })),
    );
  });

  it.each(FRAGMENT_CASES)('writes $name so that mux.js reads the same', ({ sequenceNumber, tracks }) => {
    const written = fragmentBytes(sequenceNumber, tracks);
    const boxes = inspectMp4(written);
    const trafs = tracks.map(() => 'traf(tfhd tfdt trun)').join(' ');
    expect(boxTree(boxes)).toBe(`moof(mfhd ${trafs}) mdat`);
    expect(boxOf(boxes, 'mfhd')).toMatchObject({ sequenceNumber: sequenceNumber | 0 });
    expect(boxesOf(boxes, 'tfhd').map(({ trackId }) => trackId)).toEqual(
      tracks.map(({ trackId }) => trackId),
    );
    expect(boxesOf(boxes, 'tfdt').map(({ baseMediaDecodeTime }) => Number(baseMediaDecodeTime))).toEqual(
      tracks.map(({ baseDecodeTime }) => baseDecodeTime),
    );
    boxesOf(boxes, 'trun').forEach((trun, at) => {
      const track = tracks[at];
      expect(trun).toMatchObject({
        version: 1,
        samples: track?.samples.map(({ duration, data, compositionOffset, isSync }) => ({
          duration,
          size: data.length,
          ...(track.kind === 'audio' ? {} : { compositionTimeOffset: compositionOffset }),
          ...(track.kind === 'audio'
            ? {}
            : { flags: { dependsOn: isSync ? 2 : 1, isNonSyncSample: isSync ? 0 : 1 } }),
        })),
      });
    });
  });

  it('asks once for exactly the bytes it fills, and leaves none of what stood there', () => {
    for (const { sequenceNumber, tracks } of FRAGMENT_CASES) {
      const asked: number[] = [];
      let written = Buffer.alloc(0);
      const byteLength = writeFragment(sequenceNumber, tracks, (wanted) => {
        asked.push(wanted);
        written = Buffer.alloc(wanted, 0x11);
        return [written];
      });
      expect(asked).toEqual([byteLength]);
      expect(written).toEqual(fragmentBytes(sequenceNumber, tracks));
      const declared = inspectMp4(written).reduce((sum, { size }) => sum + size, 0);
      expect(declared).toBe(written.length);
    }
  });

  it('writes into the middle of an arena and touches nothing beside it', () => {
    const tracks = [videoRun(0, [fragmentSample(1, 50)]), audioRun(0, [fragmentSample(2, 20)])];
    const arena = Buffer.alloc(1_000, 0xee);
    const byteLength = writeFragment(1, tracks, (wanted) => [arena.subarray(100, 100 + wanted)]);
    const end = 100 + byteLength;
    expect(arena.subarray(100, end)).toEqual(fragmentBytes(1, tracks));
    const beside = [...arena.subarray(0, 100), ...arena.subarray(end)];
    expect(beside.every((byte) => byte === 0xee)).toBe(true);
  });

  it('takes samples that are slices of larger memory', () => {
    const message = Buffer.from('00112233445566', 'hex');
    const sample = { ...fragmentSample(0, 0), data: message.subarray(2, 5) };
    const written = fragmentBytes(1, [videoRun(0, [sample])]);
    expect(written.subarray(-3).toString('hex')).toBe('223344');
  });

  it('refuses a part beyond the limit before it asks for memory', () => {
    const data = Buffer.alloc(1024 * 1024);
    const samples = (count: number) =>
      Array.from({ length: count }, () => ({ ...fragmentSample(0, 0), data }));
    const mebibytes = MAX_FRAGMENT_BYTES / data.length;
    const refuse = (): readonly Buffer[] => {
      throw new RangeError('memory was asked for');
    };
    expect(() => writeFragment(1, [videoRun(0, samples(mebibytes))], refuse)).toThrow(
      expect.objectContaining({ name: 'GatewayError', kind: 'limit', code: 'part_too_large' }),
    );
    expect(() => writeFragment(1, [videoRun(0, samples(mebibytes - 1))], refuse)).toThrow(
      'memory was asked for',
    );
  });
});
