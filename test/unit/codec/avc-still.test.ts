import { expect, it } from 'vitest';
import { parameterSetsOf } from '../../../server/codec/avc.ts';
import { NAL_IDR, NAL_SEI, NAL_SLICE, nalType } from '../../../server/codec/avc-nal.ts';
import { AvcScan } from '../../../server/codec/avc-scan.ts';
import { parseSps } from '../../../server/codec/avc-sps.ts';
import { stillOf } from '../../../server/codec/avc-still.ts';
import { OPEN_GOP_CLIPS, pictureData } from '../../cases/open-gop.ts';

function typesOf(picture: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < picture.length; at += 4 + picture.readUInt32BE(at))
    types.push(nalType(picture[at + 4] ?? 0));
  return types;
}

it.each(OPEN_GOP_CLIPS.map((clip) => [clip.name, clip] as const))(
  'keeps the slices of a key frame, and that decoding can start there: %s',
  (_name, { pictures, keyFrames, config }) => {
    const keyFrame = (at: number): Buffer => pictureData(pictures[keyFrames[at] ?? 0] ?? fail());
    expect(typesOf(keyFrame(0))).toContain(NAL_SEI);
    expect(new Set(typesOf(stillOf(keyFrame(0), 4)))).toEqual(new Set([NAL_IDR]));
    const open = stillOf(keyFrame(1), 4);
    expect(typesOf(open).slice(0, 2)).toEqual([NAL_SEI, NAL_SLICE]);
    const scan = new AvcScan();
    const { sliceSyntax } = parseSps(parameterSetsOf(config).sps[0] ?? fail());
    expect(scan.walk(open, 4, 0, sliceSyntax)).toBe(true);
    expect(scan).toMatchObject({ isRecoveryPoint: true, isIntra: true, end: open.length });
  },
);

function fail(): never {
  throw new Error('no picture');
}
