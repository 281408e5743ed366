// The references that a decoder lacks when it starts at an open key frame, and that the slices must drop.
import { expect, it } from 'vitest';
import { parameterSetsOf } from '../../../server/codec/avc.ts';
import { escapeRbsp, OpenGop } from '../../../server/codec/avc-open-gop.ts';
import { type PictureParameters, parsePps } from '../../../server/codec/avc-pps.ts';
import { readReferenceMarking, unmarkedDistances } from '../../../server/codec/avc-reference-marking.ts';
import { parseSps, unescapeRbsp } from '../../../server/codec/avc-sps.ts';
import { accessUnit, type LengthSize } from '../../cases/access-units.ts';
import { OPEN_GOP_CLIPS, type OpenGopClip, pictureData } from '../../cases/open-gop.ts';

const CLIPS = OPEN_GOP_CLIPS.map((clip) => [clip.name, clip] as const);

type Slice = { readonly frameNum: number; readonly distances: readonly number[]; readonly payload: string };

/** The reference slices of a picture: what they drop, and their data after the header, as bits. */
function slicesOf({ config }: OpenGopClip, picture: Buffer): Slice[] {
  const { sps, pps } = parameterSetsOf(config);
  const { sliceSyntax } = parseSps(sps[0] ?? Buffer.alloc(0));
  const parameters = pps.map((set) => parsePps(set));
  const parametersOf = (id: number): PictureParameters | undefined =>
    parameters.find((one) => one?.id === id);
  const slices: Slice[] = [];
  for (let at = 0; at < picture.length; at += 4 + picture.readUInt32BE(at)) {
    const nalUnit = picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at));
    if (((nalUnit[0] ?? 0) & 0x1f) !== 1 || ((nalUnit[0] ?? 0) & 0x60) === 0) continue;
    const rbsp = unescapeRbsp(nalUnit);
    const marking = readReferenceMarking(rbsp, sliceSyntax, parametersOf);
    if (marking === undefined) throw new Error('a slice of the clip cannot be read');
    const bits = [...rbsp].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const dataStart = parameters[0]?.isCabac ? Math.ceil(marking.headerEnd / 8) * 8 : marking.headerEnd;
    slices.push({
      frameNum: marking.frameNum,
      distances: unmarkedDistances(marking),
      payload: bits.slice(marking.end, marking.headerEnd) + bits.slice(dataStart).replace(/10*$/, ''),
    });
  }
  return slices;
}

/** The references that slices drop from an open key frame on, in frames after that key frame; negative before it. */
function givenUp(clip: OpenGopClip, keyFrame: number, pictures: readonly Buffer[]): number[] {
  let behind = 0;
  let last = slicesOf(clip, pictures[keyFrame] ?? Buffer.alloc(0))[0]?.frameNum ?? 0;
  return pictures.slice(keyFrame).flatMap((picture) =>
    slicesOf(clip, picture).flatMap(({ frameNum, distances }) => {
      behind += (frameNum - last + 16) % 16;
      last = frameNum;
      return distances.map((distance) => behind - distance);
    }),
  );
}

function repaired(clip: OpenGopClip): Buffer[] {
  const openGop = new OpenGop();
  openGop.configure(clip.config);
  return clip.pictures.map((tag, at) => {
    if (clip.keyFrames.includes(at)) openGop.begin(at === 0);
    return openGop.repair(pictureData(tag));
  });
}

it.each(CLIPS)('gives up nothing from before the key frame that one can start at: %s', (_name, clip) => {
  const sent = clip.pictures.map(pictureData);
  const played = repaired(clip);
  for (const keyFrame of clip.keyFrames.slice(1)) {
    const next = clip.keyFrames[clip.keyFrames.indexOf(keyFrame) + 1];
    expect(givenUp(clip, keyFrame, sent.slice(0, next)).some((behind) => behind < 0)).toBe(true);
    expect(givenUp(clip, keyFrame, played.slice(0, next)).filter((behind) => behind < 0)).toEqual([]);
  }
});

it.each(CLIPS)('leaves everything else of the pictures as it was: %s', (_name, clip) => {
  const played = repaired(clip);
  clip.pictures.forEach((tag, at) => {
    const sent = slicesOf(clip, pictureData(tag));
    const now = slicesOf(clip, played[at] ?? Buffer.alloc(0));
    expect(now.map(({ frameNum, payload }) => [frameNum, payload])).toEqual(
      sent.map(({ frameNum, payload }) => [frameNum, payload]),
    );
  });
  // Most pictures need no change, and are passed on without a copy.
  const same = clip.pictures.filter((tag, at) => played[at]?.buffer === pictureData(tag).buffer);
  expect(same.length).toBeGreaterThan(clip.pictures.length / 2);
});

it('leaves a slice as it is if the changed one is longer than its length can say', () => {
  const clip = OPEN_GOP_CLIPS.find(({ name }) => name === 'cavlc');
  if (clip === undefined) throw new Error('no clip');
  // Moved by some bits, one of these patterns needs emulation prevention bytes: 255 bytes become more.
  const results = [0x04, 0x08, 0x10, 0x20, 0x40, 0x80].map((last) => {
    const [wide, narrow] = ([2, 1] as const).map((lengthSize: LengthSize) => {
      const openGop = new OpenGop();
      openGop.configure({ ...clip.config, lengthSize });
      const pictures = clip.pictures.map((tag) => filledSlices(pictureData(tag), lengthSize, last));
      return pictures.map((picture, at) => {
        if (clip.keyFrames.includes(at)) openGop.begin(at === 0);
        const result = openGop.repair(picture);
        return { isChanged: result !== picture, bytes: result.length - picture.length };
      });
    });
    return (wide ?? []).map((found, at) => ({ wide: found, narrow: narrow?.[at] }));
  });
  const tooLong = results.flat().filter(({ wide }) => wide.bytes > 0);
  expect(tooLong.length).toBeGreaterThan(0);
  for (const { narrow } of tooLong) expect(narrow).toEqual({ isChanged: false, bytes: 0 });
});

/** The first slice of a picture with its header and other data: as long as one byte of length can say. */
function filledSlices(picture: Buffer, lengthSize: LengthSize, last: number): Buffer {
  const header = picture.subarray(4, Math.min(picture.length, 4 + 24));
  return accessUnit(lengthSize, [
    Buffer.concat([header, Buffer.alloc(255 - header.length, Buffer.of(0, 0, last))]),
  ]);
}

it('touches nothing behind an IDR picture, nor before a key frame came', () => {
  const clip = OPEN_GOP_CLIPS[0];
  if (clip === undefined) throw new Error('no clip');
  const openGop = new OpenGop();
  openGop.configure(clip.config);
  for (const tag of clip.pictures) expect(openGop.repair(pictureData(tag))).toEqual(pictureData(tag));
  openGop.begin(false);
  openGop.begin(true);
  for (const tag of clip.pictures) expect(openGop.repair(pictureData(tag))).toEqual(pictureData(tag));
});

it.each([
  ['damage', '4100'],
  ['a header of zeros', `41${'00'.repeat(40)}`],
  ['a header of ones', `41${'ff'.repeat(40)}`],
])('passes %s on', (_name, hex) => {
  const clip = OPEN_GOP_CLIPS[0];
  if (clip === undefined) throw new Error('no clip');
  const openGop = new OpenGop();
  openGop.configure(clip.config);
  openGop.begin(false);
  const slice = Buffer.from(hex, 'hex');
  const picture = Buffer.concat([Buffer.of(0, 0, 0, slice.length), slice]);
  expect(openGop.repair(picture)).toEqual(picture);
});

it.each(['000000', '00000300000001', 'ff000003', '00', '0102'])('escapes what it unescapes: %s', (hex) => {
  const rbsp = Buffer.from(hex, 'hex');
  const escaped = Buffer.from(escapeRbsp(rbsp));
  expect(escaped.toString('hex')).not.toMatch(/^(?:..)*00000[012]/);
  expect(Buffer.from(unescapeRbsp(escaped)).toString('hex').replace(/03$/, '')).toBe(hex.replace(/03$/, ''));
});
