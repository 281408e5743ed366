// The queues and lists of HLS: the start gate, the segmenter, stored segments, waiters.

import { HlsOutput } from '../../server/hls/hls-output.ts';
import { BlockPool, PartArena } from '../../server/hls/part-arena.ts';
import { PlaylistWaiters } from '../../server/hls/playlist-waiters.ts';
import { SegmentRing } from '../../server/hls/segment-ring.ts';
import { Segmenter } from '../../server/hls/segmenter.ts';
import { StartGate } from '../../server/hls/start-gate.ts';
import { ticksOfSeconds } from '../../server/media/ticks.ts';
import type { Track } from '../../server/media/track.ts';
import { captionedPictures } from '../cases/captions-pictures.ts';
import { clockOf } from '../support/clock.ts';
import { rethrow } from '../support/rethrow.ts';
import { testVideoTrack } from '../support/samples.ts';
import {
  audio,
  type ComplexityRow,
  each,
  NAL,
  picture,
  START_MS,
  soundAt,
  untilRefused,
  video,
} from './complexity-row.ts';

const MIB = 1024 * 1024;
const otherVideo = testVideoTrack({ width: 640 });
/** Roll-up captions (CEA-608) with their parity bits: two rows, "HI", the next row. */
const CAPTION_PAIRS = [0x9425, 0x9425, 0xc849, 0x94ad, 0x94ad];
const TIMING = { partTarget: ticksOfSeconds(0.2), targetDuration: 4, segmentTarget: ticksOfSeconds(2) };

function output(): HlsOutput {
  return new HlsOutput({
    pool: new BlockPool(),
    part: 0.2,
    segment: 2,
    window: 12,
    maxBytes: 64 * MIB,
    holdBackParts: 4,
    clock: clockOf(() => START_MS),
    onFault: rethrow,
    onPlayable: () => {},
    newEpoch: () => 'e',
  });
}

/** An output that plays, fed with `samples` of announced tracks. */
function playingOutput(tracks: readonly Track[]): HlsOutput {
  const hls = output();
  hls.onSourceStart({});
  for (const track of tracks) hls.onTrack(track);
  each(100, (at) => {
    hls.onSample(picture(at * 40, at % 50 === 0));
    if (tracks.length > 1) hls.onSample(soundAt(at * 40));
  });
  return hls;
}

function gate(hints: object, tracks: readonly Track[]): StartGate {
  const made = new StartGate(hints);
  for (const track of tracks) made.setTrack(track);
  return made;
}

function segmenter(tracks: readonly Track[]): Segmenter {
  return new Segmenter({ tracks, timing: TIMING, frameDuration: ticksOfSeconds(0.04), onPart: () => {} });
}

const GATE: readonly ComplexityRow[] = [
  {
    what: 'start gate: sound at one time while a picture is awaited',
    n: 1_000,
    prepare: (n) => {
      const made = gate({ hasVideo: true, hasAudio: true }, [video, audio]);
      return () => each(n, () => void made.push(soundAt(0), START_MS));
    },
  },
  {
    what: 'start gate: plain pictures before the first key frame beside sound',
    n: 1_000,
    prepare: (n) => {
      const made = gate({ hasVideo: true, hasAudio: true }, [video, audio]);
      return () =>
        each(n, (at) => {
          made.push(soundAt(at % 900), START_MS);
          made.push(picture(at % 900), START_MS);
        });
    },
  },
  {
    what: 'start gate: pictures at one time while sound is awaited',
    n: 1_000,
    prepare: (n) => {
      const made = gate({ hasVideo: true, hasAudio: true }, [video, audio]);
      return () => each(n, () => void made.push(picture(0, true), START_MS));
    },
  },
  {
    what: 'start gate: sound that goes back while a picture is awaited, then the end',
    n: 1_000,
    prepare: (n) => {
      const made = gate({ hasVideo: true, hasAudio: true }, [video, audio]);
      return () => {
        each(n, (at) => void made.push(soundAt(n - at), START_MS));
        made.finish();
      };
    },
  },
];

const CUTTING: readonly ComplexityRow[] = [
  {
    what: 'segmenter, lead queue: pictures at one time',
    n: 1_000,
    prepare: (n) => {
      const made = segmenter([video, audio]);
      return untilRefused(() => {
        made.push(picture(0, true));
        each(n, () => made.push(picture(1)));
        made.flush();
      });
    },
  },
  {
    what: 'segmenter, follower queue: sound at one time, far ahead',
    n: 1_000,
    prepare: (n) => {
      const made = segmenter([video, audio]);
      return untilRefused(() => {
        made.push(picture(0, true));
        each(n, () => made.push(soundAt(10_000)));
        made.flush();
      });
    },
  },
  {
    what: 'segmenter, follower queue: sound ahead of pictures that go on',
    n: 500,
    prepare: (n) => {
      const made = segmenter([video, audio]);
      return untilRefused(() => {
        each(n, (at) => made.push(soundAt(40 * n + at)));
        each(n, (at) => made.push(picture(at * 40, at % 25 === 0)));
        made.flush();
      });
    },
  },
  {
    what: 'segmenter: parts of a long run with both tracks',
    n: 500,
    prepare: (n) => {
      const made = segmenter([video, audio]);
      return () => {
        each(n, (at) => {
          made.push(picture(at * 40, at % 50 === 0));
          made.push(soundAt(at * 40));
        });
        made.flush();
      };
    },
  },
  {
    what: 'output: early sound, for which no key frame comes',
    n: 1_000,
    prepare: (n) => {
      const hls = playingOutput([video]);
      hls.onTrack(audio);
      return untilRefused(() => each(n, () => hls.onSample(soundAt(4_000))));
    },
  },
  {
    what: 'output: configurations with a key frame each, 1 ms apart',
    n: 200,
    prepare: (n) => {
      const hls = playingOutput([video, audio]);
      return untilRefused(() =>
        each(n, (at) => {
          hls.onTrack(at % 2 === 0 ? otherVideo : video);
          hls.onSample(picture(4_000 + at, true));
        }),
      );
    },
  },
  {
    what: 'output: minutes of media, old segments leaving',
    n: 1_500,
    prepare: (n) => {
      const hls = playingOutput([video, audio]);
      return () =>
        each(n, (at) => {
          hls.onSample(picture(4_000 + at * 40, at % 25 === 0));
          hls.onSample(soundAt(4_000 + at * 40));
        });
    },
  },
];

/** The shortest segment, seconds. Only the end of a run makes a shorter one, and those are few. */
const SHORTEST_S = 0.5;

/** A ring with `n` segments of one part. */
function filledRing(n: number, windowS: number): SegmentRing {
  const arena = new PartArena(new BlockPool());
  const ring = new SegmentRing(arena, { window: ticksOfSeconds(windowS), maxBytes: 64 * MIB });
  const init = { uri: 'init', bytes: Buffer.alloc(10) };
  each(n, (at) => {
    ring.openNext({
      msn: at,
      uri: `s${at}`,
      init: at % 2 === 0 ? init : { uri: `i${at}`, bytes: Buffer.alloc(10) },
      hasDiscontinuity: at % 2 === 0,
      programDateTimeMs: 0,
      parts: [],
      duration: 0,
      byteLength: 0,
      isOpen: true,
    });
    ring.addPart({
      uri: `p${at}`,
      duration: ticksOfSeconds(SHORTEST_S),
      isIndependent: true,
      slices: arena.allocate(100),
      byteLength: 100,
    });
    ring.closeSegment();
  });
  return ring;
}

const KEEPING: readonly ComplexityRow[] = [
  { what: 'segment ring: short segments that stay', n: 500, prepare: (n) => () => void filledRing(n, 1e9) },
  { what: 'segment ring: short segments that leave', n: 500, prepare: (n) => () => void filledRing(n, 12) },
  {
    what: 'segment ring: bandwidth of short segments',
    n: 500,
    prepare: (n) => {
      const ring = filledRing(n, 1e9);
      return () => void ring.bandwidth(TIMING.targetDuration);
    },
  },
  {
    what: 'segment ring: short segments cleared',
    n: 500,
    prepare: (n) => {
      const ring = filledRing(n, 1e9);
      return () => ring.clear();
    },
  },
  {
    what: 'part arena and pool: parts in order, first in, first out',
    n: 2_000,
    prepare: (n) => {
      const arena = new PartArena(new BlockPool());
      return () => {
        const slices = Array.from({ length: n }, (_, at) => arena.allocate(100 + (at % 7) * 20_000));
        for (const slice of slices) arena.release(slice);
        arena.close();
      };
    },
  },
];

function waiters(): PlaylistWaiters {
  return new PlaylistWaiters({ clock: clockOf(() => START_MS), onFault: rethrow });
}

const WAITING: readonly ComplexityRow[] = [
  {
    what: 'playlist waiters: all that wait are answered',
    n: 1_000,
    prepare: (n) => {
      const made = waiters();
      each(n, () => made.wait({ msn: 1, part: 0 }, 1_000, () => {}));
      return () => made.releaseAll('ended');
    },
  },
  {
    what: 'playlist waiters: all that wait leave',
    n: 1_000,
    prepare: (n) => {
      const made = waiters();
      const leave = Array.from({ length: n }, () => made.wait({ msn: 1, part: 0 }, 1_000, () => {}));
      return () => {
        for (const each of leave) each();
        made.releaseAll('ended');
      };
    },
  },
  {
    what: 'captions: pictures with a word each, their cues and subtitle segments',
    n: 400,
    prepare: (n) => {
      const hls = output();
      hls.onSourceStart({ hasVideo: true, hasAudio: false });
      hls.onTrack(video);
      const pairs = Array.from({ length: n }, (_, at) => CAPTION_PAIRS[at % CAPTION_PAIRS.length]);
      const pictures = captionedPictures(pairs);
      return () =>
        each(n, (at) => {
          const { dts = 0, pts = 0, data = NAL } = pictures[at] ?? {};
          hls.onSample({
            trackId: 'v0',
            kind: 'video',
            dts,
            pts,
            isSync: at % 50 === 0,
            afterJump: false,
            data,
          });
        });
    },
  },
];

export const HLS_ROWS: readonly ComplexityRow[] = [...GATE, ...CUTTING, ...KEEPING, ...WAITING];
