import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAudioTag, writeAacTag } from '../../server/flv/audio-tag.ts';
import { parseExHeader } from '../../server/flv/ex-header.ts';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { parseVideoTag, writeAvcTag } from '../../server/flv/video-tag.ts';
import { damaged, throwsOnlyGatewayErrors } from '../cases/damage.ts';
import { FLV_TAGS, flvFile } from '../cases/flv-files.ts';
import {
  AUDIO_TAG_CASES,
  BAD_AUDIO_TAG_CASES,
  BAD_VIDEO_TAG_CASES,
  VIDEO_TAG_CASES,
} from '../cases/flv-tags.ts';
import { MULTITRACK_BODIES } from '../cases/multitrack.ts';

const data = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((array) => Buffer.from(array));
const compositionMs = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
const fromHex = ({ hex }: { readonly hex: string }) => Buffer.from(hex, 'hex');
const bodyOf = ({ body }: { readonly body: Buffer }) => body;

describe('any tag', () => {
  it('of video is read as it was written', () => {
    fc.assert(
      fc.property(fc.boolean(), compositionMs, data, (isKey, offset, body) => {
        const frame = writeAvcTag({ isConfig: false, isKey, compositionMs: offset, data: body });
        expect(parseVideoTag(frame)).toEqual({ kind: 'frame', isKey, compositionMs: offset, data: body });
        const config = writeAvcTag({ isConfig: true, isKey: true, compositionMs: 0, data: body });
        expect(parseVideoTag(config)).toEqual({ kind: 'config', record: body });
      }),
    );
  });

  it('of audio is read as it was written', () => {
    fc.assert(
      fc.property(data, (body) => {
        expect(parseAudioTag(writeAacTag({ isConfig: false, data: body }))).toEqual({
          kind: 'frame',
          data: body,
        });
        expect(parseAudioTag(writeAacTag({ isConfig: true, data: body }))).toEqual({
          kind: 'config',
          record: body,
        });
      }),
    );
  });

  it('in a file is read as it was written', () => {
    const tag = fc.record({
      kind: fc.constantFrom('audio' as const, 'video' as const, 'script' as const),
      timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      body: fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
    });
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 12 }), (tags) => {
        expect(parseFlvFile(flvFile(tags))).toEqual(tags);
      }),
    );
  });
});

describe.each<[string, (body: Buffer) => unknown, readonly Buffer[]]>([
  ['video', parseVideoTag, [...VIDEO_TAG_CASES.map(bodyOf), ...BAD_VIDEO_TAG_CASES.map(fromHex)]],
  ['audio', parseAudioTag, [...AUDIO_TAG_CASES.map(bodyOf), ...BAD_AUDIO_TAG_CASES.map(fromHex)]],
  ['enhanced video header', (body) => parseExHeader(body, 'video'), MULTITRACK_BODIES],
  ['enhanced audio header', (body) => parseExHeader(body, 'audio'), MULTITRACK_BODIES],
  ['file', parseFlvFile, [flvFile(FLV_TAGS), flvFile([])]],
])('the %s parser', (_name, parse, seeds) => {
  it('lets nothing but a GatewayError out of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60, size: 'max' }), (body) =>
        throwsOnlyGatewayErrors(() => parse(Buffer.from(body))),
      ),
      { numRuns: 500 },
    );
  });

  it('lets nothing but a GatewayError out of damaged bodies', () => {
    fc.assert(
      fc.property(damaged(seeds), (body) => throwsOnlyGatewayErrors(() => parse(body))),
      { numRuns: 500 },
    );
  });
});
