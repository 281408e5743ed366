import { describe, expect, it } from 'vitest';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { type AvcPicture, AvcPictures } from '../../../server/codec/avc-pictures.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import { AVC_720P } from '../../cases/avc-configs.ts';

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
