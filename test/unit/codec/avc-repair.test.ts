// What is repaired is sound: it is walked, and a second repair changes nothing.
import { describe, expect, it } from 'vitest';
import { repairAccessUnit } from '../../../server/codec/avc-repair.ts';
import {
  accessUnit,
  LENGTH_SIZES,
  type LengthSize,
  NAL,
  nalUnit,
  walkAccessUnit,
} from '../../cases/access-units.ts';

const EMPTY = Buffer.alloc(0);
const slice = nalUnit(NAL.slice);

function repaired(data: Buffer, lengthSize: LengthSize): string | undefined {
  const first = repairAccessUnit(data, lengthSize)?.data;
  if (first === undefined) return undefined;
  expect(walkAccessUnit(first, lengthSize), first.toString('hex')).toBeDefined();
  expect(repairAccessUnit(first, lengthSize)?.data.toString('hex')).toBe(first.toString('hex'));
  return first.toString('hex');
}

describe.each(LENGTH_SIZES)('repairAccessUnit with lengths of %i bytes', (lengthSize) => {
  const unit = (...nalUnits: Buffer[]): Buffer => accessUnit(lengthSize, nalUnits);

  // Bytes of the next length would complete a start code.
  it.each(['00', '0000', '000000'])('keeps units of type 0, as decoders ignore them: %s', (hex) => {
    const zero = Buffer.from(hex, 'hex');
    const sound = unit(zero, zero, slice);
    expect(walkAccessUnit(sound, lengthSize)).toEqual({ isIdr: false });
    expect(repaired(unit(zero, EMPTY, zero, slice), lengthSize)).toBe(sound.toString('hex'));
    expect(repaired(unit(EMPTY, zero, zero), lengthSize)).toBe(unit(zero, zero).toString('hex'));
  });

  it.each([24, 31])('keeps units of type %i, as decoders ignore them', (type) => {
    const other = nalUnit(type);
    expect(walkAccessUnit(unit(slice, other), lengthSize)).toEqual({ isIdr: false });
    expect(repaired(unit(slice, EMPTY, other), lengthSize)).toBe(unit(slice, other).toString('hex'));
  });

  it('keeps an SEI that ends with zeros', () => {
    const sei = nalUnit(NAL.sei, 6).fill(0, 4);
    for (const next of [nalUnit(NAL.slice, 1), Buffer.alloc(255, NAL.slice)]) {
      const sound = unit(sei, next, slice);
      expect(walkAccessUnit(sound, lengthSize)).toBeDefined();
      const kept = next.length > 1 ? sound : unit(sei, slice);
      expect(repaired(unit(EMPTY, sei, next, slice), lengthSize)).toBe(kept.toString('hex'));
    }
  });

  it.each(['000001', '00000001', '0000010000'])('cuts off a start code at the end of an SEI: %s', (hex) => {
    const sei = Buffer.concat([nalUnit(NAL.sei), Buffer.from(hex, 'hex')]);
    expect(walkAccessUnit(unit(sei, slice), lengthSize)).toBeUndefined();
    expect(repaired(unit(sei, slice), lengthSize)).toBe(unit(nalUnit(NAL.sei), slice).toString('hex'));
  });

  it('finds nothing in a start code alone, and cuts it off behind a slice', () => {
    const code = Buffer.of(0, 0, 0, 1);
    expect(repairAccessUnit(code, lengthSize)).toBeUndefined();
    expect(repaired(Buffer.concat([unit(slice), code]), lengthSize)).toBe(unit(slice).toString('hex'));
  });

  it('divides a unit that starts with a start code, and leaves out a slice of its header alone', () => {
    const inside = Buffer.concat([Buffer.of(0, 0, 1), nalUnit(NAL.sei), Buffer.of(0, 0, 1), slice]);
    const found = unit(nalUnit(NAL.sei), slice).toString('hex');
    expect(repaired(unit(inside), lengthSize)).toBe(found);
    expect(repaired(unit(Buffer.concat([inside, Buffer.of(0, 0, 1, NAL.slice)])), lengthSize)).toBe(found);
    expect(repaired(Buffer.concat([inside, Buffer.of(0, 0, 1, NAL.slice)]), lengthSize)).toBe(found);
  });
});
