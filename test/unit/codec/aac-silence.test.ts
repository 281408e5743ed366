import { describe, expect, it } from 'vitest';
import { channelElementsOf, parseAacConfig } from '../../../server/codec/aac.ts';
import { silentAacFrame } from '../../../server/codec/aac-silence.ts';
import { AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { BitString } from '../../cases/bit-string.ts';

/** AAC-LC at 48 kHz in a channelConfiguration. */
const lc = (channelConfiguration: number) =>
  parseAacConfig(new BitString().bits(2, 5).bits(3, 4).bits(channelConfiguration, 4).bits(0, 3).toBytes());

const window = (bits: BitString) => bits.bits(0, 11);
const single = (bits: BitString, id: number, tag: number) =>
  window(bits.bits(id, 3).bits(tag, 4).bits(0, 8)).bits(0, 3);
const pair = (bits: BitString, tag: number) =>
  window(bits.bits(1, 3).bits(tag, 4).bits(1, 1)).bits(0, 2).bits(0, 11).bits(0, 11);

describe('silentAacFrame', () => {
  it('is an element for each channel or pair, without a scale factor band', () => {
    expect(silentAacFrame(lc(1))).toEqual(single(new BitString(), 0, 0).bits(7, 3).toBytes());
    expect(silentAacFrame(lc(2))).toEqual(pair(new BitString(), 0).bits(7, 3).toBytes());
    const surround = pair(pair(single(new BitString(), 0, 0), 0), 1);
    expect(silentAacFrame(lc(6))).toEqual(single(surround, 3, 0).bits(7, 3).toBytes());
  });

  it.each(AAC_CONFIG_CASES)('has the elements of $name', ({ record, channels, codecString, objectType }) => {
    const config = parseAacConfig(record);
    const coded = channelElementsOf(config).reduce((sum, { kind }) => sum + (kind === 'pair' ? 2 : 1), 0);
    expect(coded).toBe(codecString === 'mp4a.40.29' && channels === 2 ? 1 : channels);
    const frame = silentAacFrame(config);
    if (objectType > 4) expect(frame).toBeUndefined();
    else expect(frame?.length).toBeLessThan(8 * channels + 2);
  });
});
