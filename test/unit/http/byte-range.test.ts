import { describe, expect, it } from 'vitest';
import { Block } from '../../../server/hls/part-arena.ts';
import { parseByteRange, sliceRange } from '../../../server/http/byte-range.ts';

const LENGTH = 1_000;

describe('Range of 1,000 bytes (RFC 9110 14)', () => {
  it.each([
    [undefined, undefined],
    ['bytes=0-499', { first: 0, last: 499 }],
    ['bytes=500-', { first: 500, last: 999 }],
    ['bytes=-500', { first: 500, last: 999 }],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=999-', { first: 999, last: 999 }],
    ['bytes=0-9007199254740991', { first: 0, last: 999 }],
    ['bytes=0-99999999999999999999999999', { first: 0, last: 999 }],
    ['bytes=-2000', { first: 0, last: 999 }],
    ['bytes=-9007199254740992', { first: 0, last: 999 }],
    ['Bytes=0-1', { first: 0, last: 1 }],
    ['bytes= 0-1 ', { first: 0, last: 1 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=1000-1000', 'unsatisfiable'],
    ['bytes=9007199254740992-', 'unsatisfiable'],
    ['bytes=9007199254740992-9007199254740993', 'unsatisfiable'],
    [`bytes=${'9'.repeat(7_000)}-`, 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    // Unknown units or more than one range: the whole file.
    ['bytes=499-0', undefined],
    ['bytes=9007199254740993-9007199254740992', undefined],
    ['bytes=0-1,2-3', undefined],
    [`bytes=${Array.from({ length: 1_000 }, (_, at) => `${at}-${at}`).join(',')}`, undefined],
    ['bytes=-', undefined],
    ['bytes=', undefined],
    ['bytes', undefined],
    ['bytes=a-b', undefined],
    ['bytes=0x1-2', undefined],
    ['bytes=1.5-2', undefined],
    ['bytes=--1', undefined],
    ['bytes=1-2-3', undefined],
    ['bytes=+1-2', undefined],
    ['bytes=1 -2', undefined],
    ['items=0-1', undefined],
    ['0-1', undefined],
  ] as const)('%j', (header, expected) => {
    expect(parseByteRange(header, LENGTH)).toEqual(expected);
  });

  it('cuts any range out of pieces without copying', () => {
    const whole = Buffer.from(Array.from({ length: 60 }, (_, at) => at));
    const block = new Block(whole, () => undefined);
    const pieces = [0, 1, 10, 11, 40, 60].flatMap((start, at, starts) => {
      const end = starts[at + 1];
      return end === undefined ? [] : [{ bytes: whole.subarray(start, end), block }];
    });
    for (let first = 0; first < 60; first += 1) {
      for (let last = first; last < 60; last += 1) {
        const found = sliceRange(pieces, { first, last });
        expect(Buffer.concat(found.map(({ bytes }) => bytes))).toEqual(whole.subarray(first, last + 1));
        expect(found.every(({ bytes }) => bytes.length > 0 && bytes.buffer === whole.buffer)).toBe(true);
      }
    }
  });
});
