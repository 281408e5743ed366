import { expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { parseFlvFile } from '../../../server/flv/flv-file.ts';
import { FLV_TAGS, flvFile, flvHeader, flvTag } from '../../cases/flv-files.ts';

it('reads every tag, with 32 bits of time', () => {
  expect(parseFlvFile(flvFile(FLV_TAGS))).toEqual(FLV_TAGS);
});

it('reads a file of no tags', () => {
  expect(parseFlvFile(flvFile([]))).toEqual([]);
  expect(parseFlvFile(flvHeader())).toEqual([]);
});

it('passes over a longer header, as a later version may have', () => {
  const body = Buffer.from('af0121', 'hex');
  const bytes = Buffer.concat([flvHeader(7), flvTag(0, 8, 5, body)]);
  expect(parseFlvFile(bytes)).toEqual([{ kind: 'audio', timestamp: 5, body }]);
});

it('takes a header that calls itself shorter than it can be for a plain one', () => {
  const header = flvHeader();
  header.writeUInt32BE(0, 5);
  expect(parseFlvFile(Buffer.concat([header, flvTag(0, 9, 5, Buffer.of(1))]))).toHaveLength(1);
});

it('leaves out tags of unknown types', () => {
  const body = Buffer.of(1, 2, 3);
  const bytes = Buffer.concat([flvHeader(), flvTag(0, 15, 0, body), flvTag(14, 9, 40, body)]);
  expect(parseFlvFile(bytes)).toEqual([{ kind: 'video', timestamp: 40, body }]);
});

it('leaves out the tag at which the file is cut off', () => {
  const bytes = flvFile(FLV_TAGS);
  const counts = new Set<number>();
  for (let length = 9; length < bytes.length; length += 1) {
    const tags = parseFlvFile(bytes.subarray(0, length));
    expect(tags).toEqual(FLV_TAGS.slice(0, tags.length));
    counts.add(tags.length);
  }
  expect([...counts]).toEqual([0, 1, 2, 3, 4, 5]);
});

it('refuses a header that is cut off', () => {
  for (let length = 0; length < 9; length += 1) {
    expect(() => parseFlvFile(flvHeader().subarray(0, length)), `${length} bytes`).toThrow(GatewayError);
  }
  const beyond = flvHeader();
  beyond.writeUInt32BE(0xffff_ffff, 5);
  expect(() => parseFlvFile(beyond)).toThrow(expect.objectContaining({ code: 'truncated' }));
});

it('refuses what is no FLV', () => {
  for (const other of ['', 'FL', 'flv\u0001', '\u0000\u0000\u0000\u0020ftypisom', 'GIF89a']) {
    expect(() => parseFlvFile(Buffer.from(other, 'latin1'))).toThrow(
      expect.objectContaining({ name: 'GatewayError', code: 'not_flv' }),
    );
  }
});
