// The attributes of a variant against its media, as the gateway writes both.
import { expect, test } from 'vitest';
import { readInit } from '../../../server/check/init-reader.ts';
import { readMediaPlaylist } from '../../../server/check/media-playlist-reader.ts';
import { readMultivariantPlaylist } from '../../../server/check/multivariant-playlist.ts';
import { checkVariant, comparableSegments } from '../../../server/check/variant-rules.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { renderMultivariantPlaylist } from '../../../server/hls/multivariant-playlist.ts';
import { videoTrack } from '../../../server/media/track.ts';
import { writeInitSegment } from '../../../server/mp4/init-segment.ts';
import { AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';

const URL = 'http://origin.invalid/index.m3u8';

/** What is found in a multivariant playlist about segments of `record`; `change` changes the playlist. */
function findings(record: Buffer, change = (text: string): string => text): string[] {
  const track = videoTrack(parseAvcConfig(record));
  const bandwidth = { peak: 1_000, average: 1_000 };
  const text = renderMultivariantPlaylist([
    { uri: 'main.m3u8', tracks: [track], bandwidth, frameRate: undefined },
  ]);
  const found: string[] = [];
  const tell = (code: string, message: string): void => void found.push(`${code}: ${message}`);
  const [variant] = readMultivariantPlaylist(change(text), URL, tell).variants;
  const tracks = readInit(writeInitSegment([track]));
  const media = [
    { segments: [{ msn: 0, bytes: 100, seconds: 1, tracks }], targetDuration: 2, frameRate: 25 },
  ];
  if (variant !== undefined) checkVariant(variant, media, true, tell);
  return found;
}

test.each(AVC_CONFIG_CASES)('RESOLUTION is the size at which $name is shown', ({ record }) => {
  expect(findings(record)).toEqual([]);
});

test('RESOLUTION may be the coded size of pictures whose pixels are not square', () => {
  const { record, sps } = AVC_CONFIG_CASES.find(({ sps }) => sps.pixelAspect !== undefined) ?? fail();
  const coded = `RESOLUTION=${sps.width}x${sps.height}`;
  expect(findings(record, (text) => text.replace(/RESOLUTION=\d+x\d+/, coded))).toEqual([]);
});

test('another RESOLUTION is a fault that names both sizes', () => {
  const { record, sps } = AVC_CONFIG_CASES.find(({ sps }) => sps.pixelAspect !== undefined) ?? fail();
  const found = findings(record, (text) => text.replace(/RESOLUTION=\d+x\d+/, 'RESOLUTION=16x16'));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    new RegExp(
      `^resolution_wrong: RESOLUTION=16x16, .*${sps.width}x${sps.height}.*shown as \\d+x${sps.height}`,
    ),
  );
});

/** The numbers of the segments that a variant is compared with, if 7 to 9 were loaded before. */
function compared(listed: string): number[] {
  const { segments } = readMediaPlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n${listed}`, URL, () => undefined);
  const loaded = [7, 8, 9].map((msn) => ({ msn, bytes: 100, seconds: 1, tracks: [] }));
  return comparableSegments(loaded, segments).map(({ msn }) => msn);
}

test('a variant is compared with segments that are loaded before and listed after it', () => {
  const listed = (open: string): string =>
    `#EXT-X-MEDIA-SEQUENCE:8\n#EXT-X-MAP:URI="a.mp4"\n#EXTINF:1,\n8.m4s\n#EXTINF:1,\n9.m4s\n${open}`;
  expect(compared(listed(''))).toEqual([8, 9]);
  expect(compared(listed('#EXT-X-PART:DURATION=1,URI="10-0.m4s"\n'))).toEqual([8, 9]);
});

test('a variant is compared with nothing while the tracks change, also in the open segment', () => {
  const change = '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="b.mp4"\n';
  const before = '#EXT-X-MEDIA-SEQUENCE:9\n#EXT-X-MAP:URI="a.mp4"\n#EXTINF:1,\n9.m4s\n';
  expect(compared(`${before}${change}#EXT-X-PART:DURATION=1,URI="10-0.m4s"\n`)).toEqual([]);
  expect(compared(`${before}${change}#EXTINF:1,\n10.m4s\n`)).toEqual([]);
  expect(compared(`#EXT-X-MEDIA-SEQUENCE:10\n${change}#EXTINF:1,\n10.m4s\n`)).toEqual([]);
});

function fail(): never {
  throw new Error('no configuration has pixels that are not square');
}
