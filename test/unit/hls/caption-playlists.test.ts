// Caption playlists of a long past: they are made for each cut that somebody reads captions of.
import { expect, it } from 'vitest';
import { CaptionPlaylists } from '../../../server/hls/caption-playlists.ts';
import type { Part, Segment } from '../../../server/hls/segment.ts';
import { TICKS_PER_SECOND } from '../../../server/media/ticks.ts';

const SECOND = TICKS_PER_SECOND;
const COUNT = 1_000;

it('reads the parts of the newest segments only, also of a past of hours', () => {
  let reads = 0;
  const segments = Array.from({ length: COUNT }, (_, at): Segment => {
    const part: Part = {
      ...{ uri: `part-${at}.m4s`, duration: SECOND, isIndependent: true, slices: [], byteLength: 1 },
    };
    return {
      ...{
        msn: at,
        uri: `seg-${at}.m4s`,
        init: { uri: 'init', bytes: Buffer.alloc(0) },
        hasDiscontinuity: false,
      },
      ...{ programDateTimeMs: at * 1_000, duration: SECOND, byteLength: 1, isOpen: at === COUNT - 1 },
      get parts() {
        reads += 1;
        return [part];
      },
    };
  });
  const playlists = new CaptionPlaylists('main.m3u8');
  const cut = (count: number): string => {
    playlists.cut({
      timing: { partTarget: SECOND, targetDuration: 2, segmentTarget: SECOND },
      ...{ partHoldBack: 3 * SECOND, discontinuitySequence: 0, nextMsn: count, reports: [] },
      ...{ segments: segments.slice(0, count), preloadHintUri: 'part-next.m4s' },
    });
    return playlists.of('CC1')?.playlist.bytes('identity').toString() ?? '';
  };
  const before = cut(COUNT - 1);
  expect(before.match(/#EXTINF:/g)).toHaveLength(COUNT - 1);
  expect(before.match(/#EXT-X-PART:.*/g)).toEqual(
    [COUNT - 3, COUNT - 2].map((at) => `#EXT-X-PART:DURATION=1,URI="cc1-part-${at}.vtt",INDEPENDENT=YES`),
  );
  reads = 0;
  const after = cut(COUNT);
  expect(after).toContain(`"cc1-part-${COUNT - 1}.vtt"`);
  expect(reads).toBeLessThan(10);
});
