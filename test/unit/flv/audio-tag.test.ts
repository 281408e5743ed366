import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { parseAudioTag, writeAacTag } from '../../../server/flv/audio-tag.ts';
import { AUDIO_TAG_CASES, BAD_AUDIO_TAG_CASES } from '../../cases/flv-tags.ts';

describe('parseAudioTag', () => {
  it.each(AUDIO_TAG_CASES)('reads $name', ({ body, tag }) => {
    expect(parseAudioTag(body)).toEqual(tag);
  });

  it.each(BAD_AUDIO_TAG_CASES)('refuses $name by name', ({ hex, code, message }) => {
    expect(() => parseAudioTag(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ name: 'GatewayError', code, message }),
    );
  });

  it.each([
    ['0faa', { codec: 'PCM' }],
    ['2faa', { codec: 'MP3' }],
    ['cfaa', undefined],
    ['904f707573', { codec: 'Opus' }],
  ])('names the codec of %s in no language', (hex, values) => {
    expect(() => parseAudioTag(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ values }));
  });

  it('lets nothing but a GatewayError out of any cut of any tag', () => {
    const bodies = BAD_AUDIO_TAG_CASES.map(({ hex }) => Buffer.from(hex, 'hex'));
    for (const body of [...bodies, ...AUDIO_TAG_CASES.map((each) => each.body)]) {
      for (let length = 0; length <= body.length; length += 1) {
        try {
          parseAudioTag(body.subarray(0, length));
        } catch (error) {
          expect(error, body.toString('hex', 0, length)).toBeInstanceOf(GatewayError);
        }
      }
    }
  });

  it('gives data that shares the body’s memory', () => {
    const body = Buffer.from('af01aabb', 'hex');
    const tag = parseAudioTag(body);
    body.fill(0);
    expect(tag).toMatchObject({ data: Buffer.of(0, 0) });
  });
});

describe('writeAacTag', () => {
  it.each(AUDIO_TAG_CASES.filter(({ isWritten }) => isWritten))('writes $name', ({ body, tag }) => {
    if (tag.kind === 'nothing') throw new RangeError('no writer makes an empty tag');
    const data = tag.kind === 'config' ? tag.record : tag.data;
    expect(writeAacTag({ isConfig: tag.kind === 'config', data })).toEqual(body);
  });
});
