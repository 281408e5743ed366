import { describe, expect, it } from 'vitest';
import { chooseCoding } from '../../../server/http/content-coding.ts';

describe('content coding (RFC 9110 12.5.3)', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['deflate', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br ; q=0.5 ,gzip;Q=0.5', 'br'],
    ['gzip;q=0.001', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['gzip;q=0.000, *', 'br'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['identity', 'identity'],
    ['identity;q=1, gzip;q=0.5', 'identity'],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity;q=0', 'identity'],
    ['identity;q=0, gzip;q=0.1', 'gzip'],
    ['gzip;q=2', 'identity'],
    ['gzip;q=-1', 'identity'],
    ['gzip;q=0.1234, br', 'br'],
    ['gzip;level=9', 'identity'],
    [',,, ,br,,', 'br'],
    [';q=1', 'identity'],
    ['gzip br', 'identity'],
  ] as const)('of %j is %s', (header, coding) => {
    expect(chooseCoding(header)).toBe(coding);
    // The second answer comes from the cache.
    expect(chooseCoding(header)).toBe(coding);
  });

  it('stays right however many different headers came before', () => {
    for (let at = 0; at < 1_000; at += 1) expect(chooseCoding(`x${at}, gzip`)).toBe('gzip');
    expect(chooseCoding('x2000, br')).toBe('br');
  });
});
