import { expect, it } from 'vitest';
import { NAL_IDR, NAL_SEI, nalType } from '../../../server/codec/avc-nal.ts';
import { stillOf } from '../../../server/codec/avc-still.ts';
import { OPEN_GOP_CLIPS, pictureData } from '../../cases/open-gop.ts';

function typesOf(picture: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < picture.length; at += 4 + picture.readUInt32BE(at))
    types.push(nalType(picture[at + 4] ?? 0));
  return types;
}

it.each(OPEN_GOP_CLIPS.map((clip) => [clip.name, clip] as const))(
  'keeps the slices of an IDR picture, and repeats no other key frame: %s',
  (_name, { pictures, keyFrames }) => {
    const keyFrame = (at: number): Buffer => pictureData(pictures[keyFrames[at] ?? 0] ?? fail());
    expect(typesOf(keyFrame(0))).toContain(NAL_SEI);
    const still = stillOf(keyFrame(0), 4) ?? fail();
    expect(new Set(typesOf(still))).toEqual(new Set([NAL_IDR]));
    expect(typesOf(still)).toEqual(typesOf(keyFrame(0)).filter((type) => type === NAL_IDR));
    expect(stillOf(keyFrame(1), 4)).toBeUndefined();
  },
);

it('makes nothing of a picture without slices', () => {
  expect(stillOf(Buffer.from('0000000209f0', 'hex'), 4)).toBeUndefined();
  expect(stillOf(Buffer.alloc(0), 4)).toBeUndefined();
});

function fail(): never {
  throw new Error('no picture');
}
