import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CONTENT_CODINGS, EncodedText } from '../../../server/hls/encoded-text.ts';

const DECODE = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer): Buffer => bytes };

describe('encoded text', () => {
  it.each([
    ['short', 3_000],
    ['long', 300_000],
  ])('that is %s is itself in every coding, made once', (_what, length) => {
    const text = '#EXTINF:2,\nseg-e-119000000.m4s\n'.repeat(length / 30);
    let renderings = 0;
    const encoded = new EncodedText(() => {
      renderings += 1;
      return text;
    });
    expect(renderings).toBe(0);
    for (const coding of CONTENT_CODINGS) {
      const bytes = encoded.bytes(coding);
      expect(DECODE[coding](bytes).toString()).toBe(text);
      if (coding !== 'identity') expect(bytes.length).toBeLessThan(text.length / 10);
      expect(encoded.bytes(coding)).toBe(bytes);
    }
    expect(renderings).toBe(1);
  });
});
