import { describe, expect, it } from 'vitest';
import { readCaptions } from '../../../server/captions/caption-sei.ts';
import { accessUnit, LENGTH_SIZES, lengthPrefix, NAL, nalUnit } from '../../cases/access-units.ts';
import { type CaptionTriplet, captionPayload, captionSei, seiNal } from '../../cases/captions-sei.ts';

const HELLO: readonly CaptionTriplet[] = [
  { type: 0, pair: 0xc845 },
  { type: 1, pair: 0x4c4c },
];
const ENCODER_INFO = Buffer.alloc(700, 'x264 - core 164 ');

function pairsOf(unit: Buffer, lengthSize = 4): [type: number, pair: number][] {
  const pairs: [number, number][] = [];
  readCaptions(unit, lengthSize, (type, pair) => pairs.push([type, pair]));
  return pairs;
}

describe('readCaptions', () => {
  it.each(LENGTH_SIZES)('finds both fields behind lengths of %i bytes', (lengthSize) => {
    const unit = accessUnit(lengthSize, [nalUnit(NAL.delimiter, 2), captionSei(HELLO), nalUnit(NAL.idr)]);
    expect(pairsOf(unit, lengthSize)).toEqual([
      [0, 0xc845],
      [1, 0x4c4c],
    ]);
  });

  it('finds captions after other messages, in the same SEI NAL unit and in one of their own', () => {
    const together = seiNal([
      [1, Buffer.from([0x12])],
      [5, ENCODER_INFO],
      [300, Buffer.alloc(3)],
      [4, captionPayload(HELLO)],
    ]);
    expect(pairsOf(accessUnit(4, [together, nalUnit(NAL.slice)]))).toHaveLength(2);
    const apart = [seiNal([[5, ENCODER_INFO]]), nalUnit(NAL.sps), captionSei(HELLO), nalUnit(NAL.idr)];
    expect(pairsOf(accessUnit(4, apart))).toHaveLength(2);
  });

  it('goes on after a registered message of somebody else', () => {
    const foreign = Buffer.from('b5003c0001040140', 'hex');
    const afd = Buffer.from('b50031445447314149', 'hex');
    const sei = seiNal([
      [4, foreign],
      [4, afd],
      [4, captionPayload(HELLO)],
    ]);
    expect(pairsOf(accessUnit(4, [sei, nalUnit(NAL.slice)]))).toHaveLength(2);
  });

  it('takes out emulation prevention bytes, also where they split a triplet', () => {
    const triplets: CaptionTriplet[] = [
      { type: 2, pair: 0x0000 },
      { type: 2, isValid: false, pair: 0x0001 },
      { type: 3, pair: 0x0000 },
      { type: 0, pair: 0xc845 },
    ];
    const sei = seiNal([
      [5, Buffer.alloc(20)],
      [4, captionPayload(triplets)],
    ]);
    expect(sei.includes(Buffer.from('000003', 'hex'))).toBe(true);
    expect(pairsOf(accessUnit(4, [sei, nalUnit(NAL.slice)]))).toEqual([
      [2, 0x0000],
      [3, 0x0000],
      [0, 0xc845],
    ]);
  });

  it('leaves out padding of CEA-608, and invalid pairs', () => {
    const sei = captionSei([
      { type: 0, pair: 0x8080 },
      { type: 1, pair: 0x0000 },
      { type: 0, isValid: false, pair: 0xc845 },
      { type: 2, isValid: false, pair: 0x0000 },
      { type: 3, isValid: false, pair: 0x0222 },
    ]);
    expect(pairsOf(accessUnit(4, [sei, nalUnit(NAL.slice)]))).toEqual([]);
  });

  it('finds CEA-708 as it is, zeros too', () => {
    const sei = captionSei([
      { type: 3, pair: 0x0222 },
      { type: 0, pair: 0xc845 },
      { type: 2, pair: 0x4100 },
      { type: 2, pair: 0x0000 },
    ]);
    expect(pairsOf(accessUnit(4, [sei, nalUnit(NAL.slice)]))).toEqual([
      [3, 0x0222],
      [0, 0xc845],
      [2, 0x4100],
      [2, 0x0000],
    ]);
  });

  it('leaves out what a message says not to process', () => {
    const payload = captionPayload(HELLO);
    payload[8] = (payload[8] ?? 0) & ~0x40;
    expect(pairsOf(accessUnit(4, [seiNal([[4, payload]]), nalUnit(NAL.slice)]))).toEqual([]);
  });

  it('finds captions behind the slices, where OBS writes them', () => {
    for (const slice of [NAL.slice, NAL.idr]) {
      const slices = Array.from({ length: 8 }, () => nalUnit(slice, 2_000));
      expect(pairsOf(accessUnit(4, [...slices, captionSei(HELLO)]))).toHaveLength(2);
      expect(pairsOf(accessUnit(4, [captionSei(HELLO), ...slices, captionSei(HELLO)]))).toHaveLength(4);
    }
  });

  it('finds captions behind a slice for each row of a 4K picture, and gives up on more', () => {
    const behind = (count: number): Buffer =>
      accessUnit(4, [...Array<Buffer>(count).fill(nalUnit(NAL.slice)), captionSei(HELLO)]);
    expect(pairsOf(behind(135))).toHaveLength(2);
    expect(pairsOf(behind(1_000))).toEqual([]);
  });

  it('takes what is there of a message whose count is too high, and survives every cut', () => {
    const payload = captionPayload(HELLO);
    payload[8] = 0xc0 | 31;
    const unit = accessUnit(4, [seiNal([[4, payload]]), nalUnit(NAL.slice)]);
    expect(pairsOf(unit)).toHaveLength(2);
    for (let length = 0; length < unit.length; length += 1)
      expect(pairsOf(unit.subarray(0, length)).length).toBeLessThanOrEqual(2);
  });

  it('stops at lengths that lie', () => {
    for (const length of [0, 1_000, 0xffff_ffff])
      expect(pairsOf(Buffer.concat([lengthPrefix(4, length), captionSei(HELLO)]))).toEqual([]);
  });

  it('gives up on a SEI NAL unit of megabytes', () => {
    const sei = seiNal([
      [5, Buffer.alloc(8_192, 1)],
      [4, captionPayload(HELLO)],
    ]);
    expect(pairsOf(accessUnit(4, [sei, nalUnit(NAL.slice)]))).toEqual([]);
  });

  it('gives up on SEI NAL units that are many', () => {
    const large = seiNal([[5, Buffer.alloc(3_900, 1)]]);
    const units = (count: number): Buffer =>
      accessUnit(4, [...Array<Buffer>(count).fill(large), captionSei(HELLO), nalUnit(NAL.slice)]);
    expect(pairsOf(units(4))).toHaveLength(2);
    expect(pairsOf(units(5))).toEqual([]);
  });
});
