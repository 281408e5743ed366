import { expect, it } from 'vitest';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { audioTrack, videoTrack } from '../../../server/media/track.ts';
import { AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { AVC_720P } from '../../cases/avc-configs.ts';

it('counts video in ninetieths of a millisecond, on which RTMP’s timestamps are whole', () => {
  const config = parseAvcConfig(AVC_720P.record);
  expect(videoTrack(config)).toEqual({ kind: 'video', id: 'v0', timescale: 90_000, config });
});

it.each(AAC_CONFIG_CASES)('counts audio in samples of the core coder: $name', ({ record, rates }) => {
  const config = parseAacConfig(record);
  expect(audioTrack(config)).toEqual({ kind: 'audio', id: 'a0', timescale: rates[0], config });
});
