// Our own reader of request heads: what a field is, and that no head takes long.
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { HeadReader } from '../../../server/http/direct-head.ts';
import { MAX_HEADER_BYTES } from '../../../server/http/http-limits.ts';

/** Ends what would take minutes; it takes less than a millisecond. */
const LONG_MS = 10_000;

const headWith = (line: string): Buffer =>
  Buffer.from(`GET /live/a HTTP/1.1\r\nhost: x\r\n${line}\r\n\r\n`, 'latin1');
const valueIn = (line: string): string | undefined =>
  new HeadReader().read(headWith(line))?.fields.value('x');

test.each([
  ['x:', ''],
  ['x: \t ', ''],
  ['x:1', '1'],
  ['x: \ta b\t c \t', 'a b\t c'],
  ['x: \xa0\xff ', '\xa0\xff'],
])('the value in %j is %j', (line, value) => {
  expect(valueIn(line)).toBe(value);
});

test.each(['x: a\x01', 'x: \x7f', 'x : 1', ': 1', 'x'])('%j is left to node:http', (line) => {
  expect(valueIn(line)).toBeUndefined();
});

describe('a head of the greatest size with an invalid byte at its end is refused at once', () => {
  test.each([' ', '\t', 'a', 'a ', ' a', 'a  '])('behind repeated %j', (piece) => {
    const count = Math.floor((MAX_HEADER_BYTES - 100) / piece.length);
    const head = headWith(`x:${piece.repeat(count)}\x01`);
    const read = () => new HeadReader().read(head);
    expect(runInNewContext('read()', { read }, { timeout: LONG_MS })).toBeUndefined();
  });
});
