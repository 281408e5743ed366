// Pictures that arrive in several messages, and their memory.
import { describe, expect, it } from 'vitest';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { type AvcPicture, AvcPictures } from '../../../server/codec/avc-pictures.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import { AVC_720P } from '../../cases/avc-configs.ts';

/** A P slice with the fields that tell pictures apart: first_mb_in_slice, and frame_num in four bits. */
function slice(firstMacroblock: 0 | 1, frameNum: number): Buffer {
  const fields = `${firstMacroblock === 0 ? '1' : '010'}11${frameNum.toString(2).padStart(4, '0')}00001`;
  const unit = Buffer.from([
    0x41,
    ...(fields.padEnd(24, '0').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(unit.length);
  return Buffer.concat([length, unit]);
}

it.each([
  ['in the middle', 1_000],
  ['across the 32-bit wrap', 0xffff_ffff],
])('joins the slices of a picture whose timestamps differ by a millisecond %s', (_where, timestamp) => {
  const joined: (readonly [number, number])[] = [];
  const pictures = new AvcPictures({
    onPicture: ({ timestamp: at, data }) => joined.push([at, data.length]),
    onConfig: () => {},
    onDamage: () => expect.unreachable('nothing is damaged'),
    onRepaired: () => {},
  });
  const [first, second] = [slice(0, 1), slice(1, 1)];
  for (const frame of [0, 1, 2]) {
    const at = timestamp + (frame - 1) * 40;
    pictures.push(slice(0, frame), at >>> 0, 0, false);
    pictures.push(slice(1, frame), (at + 1) >>> 0, 0, false);
  }
  pictures.flush();
  const bytes = first.length + second.length;
  expect(joined).toEqual([-40, 0, 40].map((distance) => [(timestamp + distance) >>> 0, bytes]));
});

describe('the data of a picture', () => {
  const half = accessUnit(4, [nalUnit(NAL.idr, 1_000)]);
  const send = (onPicture: (picture: AvcPicture) => void): AvcPictures => {
    const pictures = new AvcPictures({
      onPicture,
      onConfig: () => {},
      onDamage: () => {},
      onRepaired: () => {},
    });
    pictures.configure(parseAvcConfig(AVC_720P.record));
    pictures.push(half, 0, 0, true);
    return pictures;
  };

  it('is not kept after it was passed on, because no account counts it', () => {
    const passed: { picture: AvcPicture; byteLength: number }[] = [];
    const pictures = send((picture) => passed.push({ picture, byteLength: picture.data.length }));
    expect(pictures.heldBytes).toBe(half.length);
    pictures.flush();
    expect(pictures.heldBytes).toBe(0);
    expect(passed.map(({ byteLength }) => byteLength)).toEqual([half.length]);
    expect(passed.map(({ picture }) => picture.data.length)).toEqual([0]);
  });

  it('is not kept either when it is refused', () => {
    const passed: AvcPicture[] = [];
    const pictures = send((picture) => {
      passed.push(picture);
      throw new Error('refused');
    });
    expect(() => pictures.flush()).toThrow('refused');
    expect(passed.map(({ data }) => data.length)).toEqual([0]);
  });
});
