import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitReader } from '../../../server/bytes/bit-reader.ts';
import { BitString } from '../../cases/bit-string.ts';

const reader = (bits: BitString) => new BitReader(bits.toBytes(), 'thing');
const truncated = expect.objectContaining({ name: 'GatewayError', kind: 'invalid-data', code: 'truncated' });

describe('BitReader', () => {
  it('reads across byte borders, most significant bit first', () => {
    const bits = new BitReader(Buffer.from('a5f00f', 'hex'), 'thing');
    expect([bits.bits(3), bits.bits(7), bits.flag(), bits.bits(0), bits.bits(13)]).toEqual([
      0b101,
      0b0010111,
      true,
      0,
      0b1000000001111,
    ]);
    expect(bits.remaining).toBe(0);
  });

  it('reads 32 bits as an unsigned number wherever they start', () => {
    for (let lead = 0; lead < 8; lead += 1) {
      const bits = reader(new BitString().bits(0, lead).bits(0xfedcba98, 32));
      bits.skip(lead);
      expect(bits.bits(32)).toBe(0xfedcba98);
    }
  });

  it('reads back any run of fields', () => {
    const field = fc
      .integer({ min: 1, max: 32 })
      .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: 2 ** size - 1 })));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
        const written = new BitString();
        for (const [size, value] of fields) written.bits(value, size);
        const bits = reader(written);
        expect(fields.map(([size]) => bits.bits(size))).toEqual(fields.map(([, value]) => value));
      }),
    );
  });

  it.each([
    ['1', 0, 0],
    ['010', 1, 1],
    ['011', 2, -1],
    ['00100', 3, 2],
    ['00101', 4, -2],
    ['00110', 5, 3],
    ['00111', 6, -3],
    ['0001000', 7, 4],
    [`${'0'.repeat(31)}1${'1'.repeat(31)}`, 0xffff_fffe, -0x7fff_ffff],
    [`${'0'.repeat(31)}1${'0'.repeat(31)}`, 0x7fff_ffff, 0x4000_0000],
  ])('reads the Exp-Golomb code %s (tables 9-2 and 9-3)', (code, unsigned, signed) => {
    expect(reader(BitString.of(code)).ue()).toBe(unsigned);
    expect(reader(BitString.of(code)).se()).toBe(signed);
  });

  it('reads back any ue(v) and se(v)', () => {
    const codes = fc.array(fc.integer({ min: 0, max: 0xffff_fffe }), { maxLength: 10 });
    const signed = fc.array(fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }), { maxLength: 10 });
    fc.assert(
      fc.property(codes, signed, (unsigned, others) => {
        const written = new BitString();
        for (const value of unsigned) written.ue(value);
        for (const value of others) written.se(value);
        const bits = reader(written);
        expect(unsigned.map(() => bits.ue())).toEqual(unsigned);
        expect(others.map(() => bits.se())).toEqual(others);
      }),
    );
  });

  it('refuses a ue(v) that no 32-bit number has', () => {
    const tooLong = BitString.of('0'.repeat(32)).bits(1, 1).bits(0, 32);
    expect(() => reader(tooLong).ue()).toThrow(expect.objectContaining({ code: 'bad_exp_golomb' }));
    expect(() => new BitReader(Buffer.alloc(1_000), 'thing').ue()).toThrow(
      expect.objectContaining({ code: 'bad_exp_golomb' }),
    );
  });

  it.each<[string, (bits: BitReader) => unknown]>([
    ['bits', (bits) => bits.bits(9)],
    ['skip', (bits) => bits.skip(9)],
    ['ue without its one', (bits) => bits.ue()],
    ['se without its suffix', (bits) => bits.skip(1) === undefined && bits.se()],
  ])('refuses to read past the end: %s', (_field, read) => {
    expect(() => read(new BitReader(Buffer.of(0), 'thing'))).toThrow(truncated);
  });

  it('says whose bits they were and how many were left', () => {
    const bits = new BitReader(Buffer.of(0xff), 'thing');
    bits.skip(5);
    expect(() => bits.bits(4)).toThrow('thing ends too early: 4 bits wanted at bit 5, 3 left');
    expect(bits.bits(3), 'a refused read moves nothing').toBe(0b111);
  });
});
