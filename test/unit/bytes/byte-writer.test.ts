import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../server/bytes/byte-reader.ts';
import { ByteWriter } from '../../../server/bytes/byte-writer.ts';

describe('ByteWriter', () => {
  it('writes every kind of field where the last one ended', () => {
    const target = Buffer.alloc(48, 0xee);
    const out = new ByteWriter(target, 1);
    out.u8(0x01);
    out.u16(0x0203);
    out.u24(0x040506);
    out.u32(0x0708090a);
    out.i32(-2);
    out.u32le(0x01020304);
    out.u64(0x1_0000_0002);
    out.f64(1);
    out.fourcc('moof');
    out.bytes(Uint8Array.of(9, 8));
    out.utf8('é');
    expect(out.offset).toBe(43);
    expect(target.toString('hex')).toBe(
      ['ee', '01', '0203', '040506', '0708090a', 'fffffffe', '04030201', '0000000100000002']
        .concat(['3ff0000000000000', '6d6f6f66', '0908', 'c3a9', 'eeeeeeeeee'])
        .join(''),
    );
  });

  it('writes 64-bit fields up to the largest safe integer', () => {
    const target = Buffer.alloc(8);
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        new ByteWriter(target).u64(value);
        return target.readBigUInt64BE() === BigInt(value);
      }),
    );
  });

  it('writes what ByteReader reads', () => {
    const fields = fc.record({
      u8: fc.integer({ min: 0, max: 0xff }),
      u16: fc.integer({ min: 0, max: 0xffff }),
      u24: fc.integer({ min: 0, max: 0xff_ffff }),
      u32: fc.integer({ min: 0, max: 0xffff_ffff }),
      f64: fc.double(),
      bytes: fc.uint8Array({ maxLength: 9 }),
    });
    fc.assert(
      fc.property(fields, (value) => {
        const target = Buffer.alloc(18 + value.bytes.length);
        const out = new ByteWriter(target);
        out.u8(value.u8);
        out.u16(value.u16);
        out.u24(value.u24);
        out.u32(value.u32);
        out.f64(value.f64);
        out.bytes(value.bytes);
        const bytes = new ByteReader(target, 'all of it');
        const read = {
          u8: bytes.u8(),
          u16: bytes.u16(),
          u24: bytes.u24(),
          u32: bytes.u32(),
          f64: bytes.f64(),
        };
        expect({ ...read, bytes: new Uint8Array(bytes.rest()) }).toEqual(value);
      }),
    );
  });

  it('does not write beyond its memory', () => {
    const out = new ByteWriter(Buffer.alloc(3));
    expect(() => out.u32(1)).toThrow(RangeError);
    expect(() => out.bytes(new Uint8Array(4))).toThrow(RangeError);
    expect(out.offset).toBe(0);
  });
});
