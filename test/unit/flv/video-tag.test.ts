import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { parseVideoTag, writeAvcTag } from '../../../server/flv/video-tag.ts';
import { BAD_VIDEO_TAG_CASES, VIDEO_TAG_CASES } from '../../cases/flv-tags.ts';

describe('parseVideoTag', () => {
  it.each(VIDEO_TAG_CASES)('reads $name', ({ body, tag }) => {
    expect(parseVideoTag(body)).toEqual(tag);
  });

  it.each(BAD_VIDEO_TAG_CASES)('refuses $name by name', ({ hex, code, message }) => {
    expect(() => parseVideoTag(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ name: 'GatewayError', code, message }),
    );
  });

  it.each([
    ['1201000000aa', { codec: 'Sorenson H.263' }],
    ['1c01000000aa', { codec: 'HEVC' }],
    ['1f01000000aa', undefined],
    ['9068766331', { codec: 'hvc1' }],
    ['91000a7fff', undefined],
    ['9020202020', undefined],
    ['90', undefined],
  ])('names the codec of %s in no language', (hex, values) => {
    expect(() => parseVideoTag(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ values }));
  });

  it('lets nothing but a GatewayError out of any cut of any tag', () => {
    const bodies = BAD_VIDEO_TAG_CASES.map(({ hex }) => Buffer.from(hex, 'hex'));
    for (const body of [...bodies, ...VIDEO_TAG_CASES.map((each) => each.body)]) {
      for (let length = 0; length <= body.length; length += 1) {
        try {
          parseVideoTag(body.subarray(0, length));
        } catch (error) {
          expect(error, body.toString('hex', 0, length)).toBeInstanceOf(GatewayError);
        }
      }
    }
  });

  it('gives data that shares the body’s memory', () => {
    const body = Buffer.from('1701000000aabb', 'hex');
    const tag = parseVideoTag(body);
    body.fill(0);
    expect(tag).toMatchObject({ data: Buffer.of(0, 0) });
  });
});

describe('writeAvcTag', () => {
  it.each(VIDEO_TAG_CASES.filter(({ isWritten }) => isWritten))('writes $name', ({ body, tag }) => {
    if (tag.kind === 'config') {
      const written = writeAvcTag({ isConfig: true, isKey: true, compositionMs: 0, data: tag.record });
      expect(written).toEqual(body);
    } else if (tag.kind === 'frame') {
      expect(writeAvcTag({ isConfig: false, ...tag })).toEqual(body);
    } else {
      throw new RangeError(`no writer makes a tag of ${tag.kind}`);
    }
  });
});
