// Pictures that a source sends slice by slice, in several messages.
import { expect, it } from 'vitest';
import { AvcPictures } from '../../../server/codec/avc-pictures.ts';

/** A P slice with the fields that tell pictures apart: first_mb_in_slice, and frame_num in four bits. */
function slice(firstMacroblock: 0 | 1, frameNum: number): Buffer {
  const fields = `${firstMacroblock === 0 ? '1' : '010'}11${frameNum.toString(2).padStart(4, '0')}00001`;
  const nalUnit = Buffer.from([
    0x41,
    ...(fields.padEnd(24, '0').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nalUnit.length);
  return Buffer.concat([length, nalUnit]);
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
