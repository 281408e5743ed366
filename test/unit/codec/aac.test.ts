import { describe, expect, it } from 'vitest';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { GatewayError } from '../../../server/errors.ts';
import { AAC_44100, AAC_CONFIG_CASES, BAD_AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';

describe('parseAacConfig', () => {
  it.each(AAC_CONFIG_CASES)(
    'reads $name',
    ({ record, codecString, objectType, rates, channels, frameSamples }) => {
      expect(parseAacConfig(record)).toEqual({
        kind: 'aac',
        record,
        codecString,
        objectType,
        sampleRate: rates[0],
        outputSampleRate: rates[1],
        channels,
        frameSamples,
      });
    },
  );

  it.each(BAD_AAC_CONFIG_CASES)('refuses $name', ({ record, code }) => {
    expect(() => parseAacConfig(record)).toThrow(expect.objectContaining({ name: 'GatewayError', code }));
  });

  it.each(AAC_CONFIG_CASES)('lets nothing but a GatewayError out of any cut of $name', ({ record }) => {
    for (let length = 0; length < record.length; length += 1) {
      try {
        parseAacConfig(record.subarray(0, length));
      } catch (error) {
        expect(error, `${length} bytes`).toBeInstanceOf(GatewayError);
      }
    }
  });

  it('says what to do about a codec that cannot be played', () => {
    expect(() => parseAacConfig(Buffer.from('f95000000000', 'hex'))).toThrow(
      'audio object type 42 is not supported; set the encoder to AAC-LC',
    );
  });

  it('keeps a copy of the record, so that no message stays in memory for it', () => {
    const body = Buffer.from(AAC_44100.record);
    const { record } = parseAacConfig(body);
    body.fill(0);
    expect(record).toEqual(AAC_44100.record);
  });
});
