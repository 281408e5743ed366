// The checker's own box readers against the gateway's writers: both implement ISO 14496-12 and must agree.
import { describe, expect, test } from 'vitest';
import { MediaFault, readBoxes } from '../../../server/check/boxes.ts';
import { readFragments } from '../../../server/check/fragment-reader.ts';
import { readInit } from '../../../server/check/init-reader.ts';
import { FRAGMENT_CASES } from '../../cases/fragments.ts';
import { fragmentBytes } from '../../support/fragment-bytes.ts';
import { INIT } from './scripted-media.ts';

const tracks = readInit(INIT);

test('an init segment', () => {
  expect(tracks).toMatchObject([
    {
      id: 1,
      kind: 'video',
      timescale: 90_000,
      codec: 'avc1.42c00a',
      width: 96,
      height: 54,
      nalLengthSize: 4,
    },
    { id: 2, kind: 'audio', timescale: 44_100, codec: 'mp4a.40.2', width: 0 },
  ]);
});

test.each(FRAGMENT_CASES)('a fragment: $name', ({ sequenceNumber, tracks: written }) => {
  const bytes = fragmentBytes(sequenceNumber, written);
  const [fragment, ...rest] = readFragments(Buffer.concat([bytes, bytes]), tracks);
  expect(rest).toHaveLength(1);
  expect(fragment?.sequenceNumber).toBe(sequenceNumber);
  expect(fragment?.runs.map((run) => run.track.id)).toEqual(written.map((run) => run.trackId));
  for (const [at, run] of written.entries()) {
    const read = fragment?.runs[at]?.samples ?? [];
    expect(read[0]?.dts).toBe(run.baseDecodeTime);
    expect(read.map(({ dts: _, isSync, ...sample }) => ({ ...sample, isSync }))).toEqual(
      run.samples.map(({ data, ...sample }) => ({
        ...sample,
        data: Buffer.from(data),
        isSync: run.kind === 'audio' || sample.isSync,
      })),
    );
  }
});

describe('boxes that do not add up', () => {
  const box = (size: number, type: string, bodyBytes: number): Buffer => {
    const bytes = Buffer.alloc(8 + bodyBytes);
    bytes.writeUInt32BE(size, 0);
    bytes.write(type, 4, 'latin1');
    return bytes;
  };

  test.each([
    ['longer than the file', box(17, 'free', 8)],
    ['shorter than its head', box(7, 'free', 8)],
    ['cut off in its head', box(16, 'free', 8).subarray(0, 7)],
    ['bytes behind the last', Buffer.concat([box(16, 'free', 8), Buffer.alloc(3)])],
  ])('%s', (_what, bytes) => {
    expect(() => readBoxes(bytes)).toThrow(MediaFault);
  });

  test('a box to the end of the file, and one of 64 bits', () => {
    const large = Buffer.concat([box(1, 'mdat', 0), Buffer.from([0, 0, 0, 0, 0, 0, 0, 20]), Buffer.alloc(4)]);
    const boxes = readBoxes(Buffer.concat([large, box(0, 'free', 5)]));
    expect(boxes.map(({ type, start, body }) => [type, start, body.length])).toEqual([
      ['mdat', 0, 4],
      ['free', 20, 5],
    ]);
  });
});

test.each([
  ['no moov', INIT.subarray(0, INIT.readUInt32BE(0)), /no moov/],
  ['moov first', INIT.subarray(INIT.readUInt32BE(0)), /not ftyp/],
  [
    'samples in it',
    Buffer.concat([INIT, Buffer.from('0000000c6d64617400000000', 'hex')]),
    /has samples: mdat/,
  ],
])('an init segment with %s', (_what, bytes, message) => {
  expect(() => readInit(bytes)).toThrow(message);
});

test('a run that claims more samples than anybody sends', () => {
  const bytes = fragmentBytes(1, [{ trackId: 2, kind: 'audio', baseDecodeTime: 0, samples: [] }]);
  const trun = bytes.indexOf('trun');
  bytes.writeUInt32BE(0x0000_0001, trun + 4); // only a data offset: samples have the default size
  bytes.writeUInt32BE(0xffff_ffff, trun + 8);
  expect(() => readFragments(bytes, tracks)).toThrow(/a trun of 4294967295 samples/);
});
