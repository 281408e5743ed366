import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../server/bytes/byte-reader.ts';

const reader = (hex: string) => new ByteReader(Buffer.from(hex, 'hex'), 'thing');

describe('ByteReader', () => {
  it('reads every kind of field, most significant byte first', () => {
    const bytes = reader('0102030405060708090a3ff0000000000000');
    expect([bytes.u8(), bytes.u16(), bytes.u24(), bytes.u32(), bytes.f64()]).toEqual([
      0x01, 0x0203, 0x040506, 0x0708090a, 1,
    ]);
    expect(bytes.offset).toBe(18);
    expect(bytes.remaining).toBe(0);
  });

  it('reads unsigned fields at their largest', () => {
    const bytes = reader('ffffffffffffffffffff');
    expect([bytes.u8(), bytes.u16(), bytes.u24(), bytes.u32()]).toEqual([
      0xff, 0xffff, 0xff_ffff, 0xffff_ffff,
    ]);
  });

  it('gives slices of the same memory', () => {
    const body = Buffer.from('0102030405', 'hex');
    const bytes = new ByteReader(body, 'thing');
    bytes.skip(1);
    const slice = bytes.bytes(2);
    const rest = bytes.rest();
    body.fill(0xaa);
    expect(slice.toString('hex')).toBe('aaaa');
    expect(rest.toString('hex')).toBe('aaaa');
    expect(bytes.rest()).toHaveLength(0);
  });

  it('reads text by bytes, not by characters', () => {
    const bytes = reader('c3a96162');
    expect(bytes.utf8(3)).toBe('éa');
    expect(bytes.utf8(1)).toBe('b');
    expect(bytes.utf8(0)).toBe('');
  });

  it.each<[string, (bytes: ByteReader) => unknown]>([
    ['u8', (bytes) => bytes.bytes(3) && bytes.u8()],
    ['u16', (bytes) => bytes.bytes(2) && bytes.u16()],
    ['u24', (bytes) => bytes.bytes(1) && bytes.u24()],
    ['u32', (bytes) => bytes.u32()],
    ['f64', (bytes) => bytes.f64()],
    ['bytes', (bytes) => bytes.bytes(4)],
    ['utf8', (bytes) => bytes.utf8(4)],
    ['skip', (bytes) => bytes.skip(0xffff_ffff)],
  ])('refuses to read past the end: %s', (_field, read) => {
    expect(() => read(reader('010203'))).toThrow(
      expect.objectContaining({ name: 'GatewayError', kind: 'invalid-data', code: 'truncated' }),
    );
  });

  it('says whose field it was, where, and how much was left', () => {
    const bytes = reader('010203');
    bytes.u8();
    expect(() => bytes.u32()).toThrow('thing ends too early: 4 bytes wanted at offset 1, 2 left');
    expect(bytes.u16(), 'a refused read moves nothing').toBe(0x0203);
  });
});
