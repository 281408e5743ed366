import { describe, expect, it } from 'vitest';
import {
  hasDeltaUpdate,
  type MediaPlaylistView,
  renderDeltaUpdate,
  renderMediaPlaylist,
} from '../../../server/hls/media-playlist.ts';
import { Block } from '../../../server/hls/part-arena.ts';
import type { InitSegment, Segment } from '../../../server/hls/segment.ts';
import { TICKS_PER_SECOND, ticksOfMs } from '../../../server/media/ticks.ts';
import { readPlaylist } from '../../support/playlist-rules.ts';

const block = new Block(Buffer.alloc(0), () => undefined);
const INITS: readonly InitSegment[] = [0, 1].map((at) => ({ uri: `init-${at}.mp4`, bytes: Buffer.alloc(1) }));
const SECOND = TICKS_PER_SECOND;
const timing = { partTarget: SECOND, targetDuration: 2, segmentTarget: 2 * SECOND };
const DATE_MS = Date.UTC(2026, 0, 1);

/** Two seconds in one part. Every 50th segment has another init segment than the previous one. */
function segmentOf(msn: number, options: { isOpen?: boolean; hasDiscontinuity?: boolean } = {}): Segment {
  const { isOpen = false, hasDiscontinuity = msn % 50 === 0 } = options;
  const init = INITS[Math.floor(msn / 50) % 2] ?? { uri: '', bytes: Buffer.alloc(0) };
  const slices = [{ bytes: Buffer.alloc(1), block }];
  return {
    ...{ msn, uri: `seg-${msn}.m4s`, init, hasDiscontinuity, programDateTimeMs: DATE_MS + msn * 2_000 },
    parts: [{ uri: `part-${msn}.m4s`, duration: 2 * SECOND, isIndependent: true, slices, byteLength: 1 }],
    ...{ duration: 2 * SECOND, byteLength: 1, isOpen },
  };
}

function viewOf(segments: readonly Segment[], hasEnded = false): MediaPlaylistView {
  return {
    ...{ timing, partHoldBack: 4 * SECOND, discontinuitySequence: 3, segments, reports: [] },
    nextMsn: (segments.at(-1)?.msn ?? 0) + 1,
    preloadHintUri: hasEnded ? undefined : 'part-next.m4s',
  };
}

const segmentsFrom = (first: number, count: number): Segment[] =>
  Array.from({ length: count }, (_, at) => segmentOf(first + at));

describe('delta update (6.2.5.1)', () => {
  it('says all but the segments beyond six target durations from the end, and what tags they had', () => {
    // Segments 1 to 10 and an open one: 2 s each. The end of segment 4 is 14 s from the end, that of segment 5 is 12 s.
    const view = viewOf([...segmentsFrom(1, 10), segmentOf(11, { isOpen: true })]);
    expect(hasDeltaUpdate(view)).toBe(true);
    expect(renderDeltaUpdate(view)).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,PART-HOLD-BACK=4,HOLD-BACK=6
#EXT-X-PART-INF:PART-TARGET=1
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-SKIP:SKIPPED-SEGMENTS=4
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:10.000Z
#EXTINF:2,
seg-5.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:12.000Z
#EXTINF:2,
seg-6.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:14.000Z
#EXTINF:2,
seg-7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:16.000Z
#EXTINF:2,
seg-8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:18.000Z
#EXT-X-PART:DURATION=2,URI="part-9.m4s",INDEPENDENT=YES
#EXTINF:2,
seg-9.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:20.000Z
#EXT-X-PART:DURATION=2,URI="part-10.m4s",INDEPENDENT=YES
#EXTINF:2,
seg-10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:22.000Z
#EXT-X-PART:DURATION=2,URI="part-11.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-next.m4s"
`);
  });

  it.each([1, 3, 7, 8, 40, 200])(
    'of %i segments is the end of the full playlist, whatever was skipped',
    (count) => {
      const view = viewOf([...segmentsFrom(45, count), segmentOf(45 + count, { isOpen: true })]);
      if (!hasDeltaUpdate(view)) {
        expect(count).toBeLessThan(8);
        return;
      }
      const full = renderMediaPlaylist(view);
      const [head = '', rest = ''] = renderDeltaUpdate(view).split(/#EXT-X-SKIP:SKIPPED-SEGMENTS=(?:\d+)\n/);
      const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(renderDeltaUpdate(view))?.[1]);
      expect(full.startsWith(head.replace('VERSION:9', 'VERSION:8'))).toBe(true);
      expect(full.endsWith(rest)).toBe(true);
      const replaced = full.slice(head.length, full.length - rest.length);
      expect(replaced.match(/#EXTINF/g)).toHaveLength(skipped);
      // The open segment and six closed ones are within 12 s of the end; the sixth is just inside.
      expect(skipped).toBe(count - 6);
    },
  );

  it('is none once the playlist has ended', () => {
    expect(hasDeltaUpdate(viewOf(segmentsFrom(1, 100), true))).toBe(false);
  });
});

describe('a playlist of hours', () => {
  it('is the same text as one rendered from nothing, wherever its window begins and ends', () => {
    const all = segmentsFrom(1, 260);
    for (const [first, last] of [
      [0, 40],
      [0, 260],
      [31, 64],
      [31, 96],
      [32, 130],
      [63, 200],
      [150, 260],
    ] as const) {
      const window = all.slice(first, last);
      const fresh = window.map((segment) => ({ ...segment }));
      const text = renderMediaPlaylist(viewOf(window));
      expect(renderMediaPlaylist(viewOf(fresh))).toBe(text);
      expect(text.match(/#EXTINF/g)).toHaveLength(last - first);
      expect(text.match(/#EXT-X-MAP/g)).toHaveLength(
        1 + Math.floor(last / 50) - Math.floor((first + 1) / 50),
      );
      for (const { uri } of window) expect(text.split(`\n${uri}\n`)).toHaveLength(2);
    }
  });
});

describe('durations of parts', () => {
  /** Parts of 200 ms, as RTMP's whole milliseconds give them; key frames every `keyEvery` parts. */
  function segmentOfParts(msn: number, partMs: number, keyEvery: number): Segment {
    const duration = ticksOfMs(partMs);
    const parts = Array.from({ length: 2_000 / partMs }, (_, at) => ({
      ...{ uri: `part-${msn}-${at}.m4s`, duration, isIndependent: at % keyEvery === 0 },
      ...{ slices: [{ bytes: Buffer.alloc(1), block }], byteLength: 1 },
    }));
    return { ...segmentOf(msn), parts, duration: parts.length * duration };
  }

  /**
   * Parts before which Shaka Player 5.2.12 resets its SourceBuffer, which then drops all pictures up to the next key frame.
   * `appendBuffer` of its MediaSourceEngine compares the offset between the playlist's time of a part and the media's time with the
   * offset of the buffer, and sets it again when they differ by a millisecond; `setTimestampOffset_` adds a millisecond to a negative
   * offset.
   * @param startS media time of the playlist's first segment
   * @param joinAt the part that is appended first
   */
  function resetsOfShaka(text: string, startS: number, joinAt: number): readonly string[] {
    const resets: string[] = [];
    let [place, bufferOffset, count] = [0, 0, 0];
    for (const segment of readPlaylist(text).segments) {
      let partPlace = place;
      for (const [at, { uri, duration }] of segment.parts.entries()) {
        const partMs = (segment.duration ?? 0) * (1_000 / segment.parts.length);
        // 90,000 ticks a second, as in tfdt.
        const mediaTime = Math.round((startS * 1_000 + place * 1_000 + at * partMs) * 90) / 90_000;
        const offset = partPlace - mediaTime;
        if (count >= joinAt && (count === joinAt || Math.abs(bufferOffset - offset) >= 0.001)) {
          bufferOffset = offset < 0 ? offset + 0.001 : offset;
          resets.push(uri);
        }
        partPlace += duration;
        count += 1;
      }
      place += segment.duration ?? 0;
    }
    return resets;
  }

  it.each([
    ['a segment', 10, 0],
    ['half a segment, for a player that joins in its middle', 5, 5],
  ])(
    'make Shaka Player reset its buffer at key frames only, with a key frame each %s',
    (_name, keyEvery, joinAt) => {
      const segments = [1, 2, 3].map((msn) => segmentOfParts(msn, 200, keyEvery));
      const text = renderMediaPlaylist(viewOf(segments, true));
      const keyParts = segments.flatMap(({ parts }) =>
        parts.filter((part) => part.isIndependent).map(({ uri }) => uri),
      );
      for (let startS = 0.021; startS < 100_000; startS = Math.round(startS * 1_517) / 1_000)
        for (const uri of resetsOfShaka(text, startS, joinAt))
          expect(keyParts, `from ${startS} s`).toContain(uri);
    },
  );

  it('are at most PART-TARGET, and differ from the media by less than a tick of its clock', () => {
    const view = viewOf([segmentOfParts(1, 1_000, 1), segmentOfParts(2, 400, 5)], true);
    const read = readPlaylist(renderMediaPlaylist(view));
    for (const [at, segment] of read.segments.entries())
      for (const { duration } of segment.parts) {
        expect(duration).toBeLessThanOrEqual(read.partTarget);
        expect(Math.abs(duration - (at === 0 ? 1 : 0.4))).toBeLessThan(1 / 90_000);
      }
  });
});
