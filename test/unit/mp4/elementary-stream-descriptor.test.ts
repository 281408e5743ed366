import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../server/bytes/byte-reader.ts';
import { type AacConfig, parseAacConfig } from '../../../server/codec/aac.ts';
import { esdsPayload } from '../../../server/mp4/elementary-stream-descriptor.ts';
import { AAC_44100, AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';

type Descriptor = { readonly tag: number; readonly body: ByteReader };

/** One descriptor (ISO 14496-1 clause 8.3.3): a tag and a length in bytes of seven bits. */
function readDescriptor(bytes: ByteReader): Descriptor {
  const tag = bytes.u8();
  let length = 0;
  for (let byte = 0x80; (byte & 0x80) !== 0; ) {
    byte = bytes.u8();
    length = length * 128 + (byte & 0x7f);
  }
  return { tag, body: new ByteReader(bytes.bytes(length), `descriptor ${tag}`) };
}

/** Reads the whole payload; all lengths must add up. */
function specificInfo(payload: Buffer): Buffer {
  const bytes = new ByteReader(payload, 'esds');
  expect(bytes.u32(), 'version and flags').toBe(0);
  const stream = readDescriptor(bytes);
  expect(stream.tag).toBe(3);
  expect(bytes.remaining).toBe(0);
  expect([stream.body.u16(), stream.body.u8()], 'ES_ID and flags').toEqual([0, 0]);
  const decoder = readDescriptor(stream.body);
  expect(decoder.tag).toBe(4);
  expect([decoder.body.u8(), decoder.body.u8()]).toEqual([0x40, 0x15]);
  expect([decoder.body.u24(), decoder.body.u32(), decoder.body.u32()]).toEqual([0, 0, 0]);
  const specific = readDescriptor(decoder.body);
  expect(specific.tag).toBe(5);
  expect(decoder.body.remaining).toBe(0);
  const sync = readDescriptor(stream.body);
  expect([sync.tag, sync.body.u8(), sync.body.remaining]).toEqual([6, 2, 0]);
  expect(stream.body.remaining).toBe(0);
  return specific.body.rest();
}

describe('esdsPayload', () => {
  it.each(AAC_CONFIG_CASES)('holds the config of $name and nothing else', ({ record }) => {
    expect(specificInfo(esdsPayload(parseAacConfig(record)))).toEqual(record);
  });

  it('is what every player has seen for an everyday config', () => {
    expect(esdsPayload(parseAacConfig(Buffer.from('1190', 'hex'))).toString('hex')).toBe(
      '00000000031900000004114015000000000000000000000005021190060102',
    );
  });

  it('writes lengths of any config, one byte long or four', () => {
    const plain = parseAacConfig(AAC_44100.record);
    for (const byteLength of [2, 79, 80, 81, 104, 105, 127, 128, 200, 256]) {
      const record = Buffer.alloc(byteLength, byteLength);
      const config: AacConfig = { ...plain, record };
      expect(specificInfo(esdsPayload(config)), `${byteLength} bytes`).toEqual(record);
    }
  });
});
