import { expect, it } from 'vitest';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { isSameConfig } from '../../../server/codec/codec-config.ts';
import { AAC_44100, AAC_48000 } from '../../cases/aac-configs.ts';
import { AVC_720P, avcConfigCase } from '../../cases/avc-configs.ts';

const avc = parseAvcConfig(AVC_720P.record);
const aac = parseAacConfig(AAC_44100.record);

it('takes the same bytes for the same configuration', () => {
  expect(isSameConfig(avc, parseAvcConfig(Buffer.from(AVC_720P.record)))).toBe(true);
  expect(isSameConfig(aac, parseAacConfig(Buffer.from(AAC_44100.record)))).toBe(true);
});

it('takes any other byte for a change', () => {
  const otherPps = Buffer.from(AVC_720P.record);
  const last = otherPps.length - 5;
  otherPps[last] = (otherPps[last] ?? 0) ^ 1;
  expect(isSameConfig(avc, parseAvcConfig(otherPps))).toBe(false);
  expect(isSameConfig(avc, parseAvcConfig(avcConfigCase('1280x720 at 50').record))).toBe(false);
  expect(isSameConfig(avc, parseAvcConfig(AVC_720P.record.subarray(0, -4)))).toBe(false);
  expect(isSameConfig(aac, parseAacConfig(AAC_48000.record))).toBe(false);
});

it('never takes one codec for another', () => {
  expect(isSameConfig({ ...avc, record: aac.record }, aac)).toBe(false);
});
