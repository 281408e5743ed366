// Every queue and list of the media road, each with a way to fill it with `n` of the least that it takes. A new queue is
// one row more. The server is loaded by `complexity.test.ts` once its steps are counted.

import { HlsOutput } from '../../server/hls/hls-output.ts';
import { BlockPool, PartArena } from '../../server/hls/part-arena.ts';
import { PlaylistWaiters } from '../../server/hls/playlist-waiters.ts';
import { SegmentRing } from '../../server/hls/segment-ring.ts';
import { Segmenter } from '../../server/hls/segmenter.ts';
import { StartGate } from '../../server/hls/start-gate.ts';
import { TrackAssembler } from '../../server/ingest/track-assembler.ts';
import { LiveStream } from '../../server/live/live-stream.ts';
import { StreamRegistry } from '../../server/live/stream-registry.ts';
import { noDrops } from '../../server/media/drops.ts';
import type { Sample } from '../../server/media/sample.ts';
import { ticksOfSeconds } from '../../server/media/ticks.ts';
import { Timeline } from '../../server/media/timeline.ts';
import type { Track } from '../../server/media/track.ts';
import { Inbox } from '../../server/rtmp/inbox.ts';
import { DEFAULT_RTMP_LIMITS } from '../../server/rtmp/limits.ts';
import { MessageLink } from '../../server/rtmp/message-link.ts';
import { captionedPictures } from '../cases/captions-pictures.ts';
import { aggregateBody, publishingSession } from '../cases/rtmp-script.ts';
import { AUDIO_CONFIG, AUDIO_FRAME, VIDEO_CONFIG, videoFrame } from '../hostile/media-bytes.ts';
import { clockOf } from '../support/clock.ts';
import { rethrow } from '../support/rethrow.ts';
import { testAudioTrack, testVideoTrack } from '../support/samples.ts';

export type ComplexityRow = {
  readonly what: string;
  /** The smaller of the two amounts; the other is four times as much. */
  readonly n: number;
  /** Makes what is measured; the function it returns is the work. */
  readonly prepare: (n: number) => () => void;
};

const MIB = 1024 * 1024;
const START_MS = Date.UTC(2026, 0, 1);
const READ_BYTES = 64 * 1024;
const video = testVideoTrack();
const otherVideo = testVideoTrack({ width: 640 });
const audio = testAudioTrack();
const TINY = Buffer.of(0x21);
const NAL = Buffer.from([0, 0, 0, 1, 0x41]);
/** Roll-up captions (CEA-608) with their parity bits: two rows, "HI", the next row. */
const CAPTION_PAIRS = [0x9425, 0x9425, 0xc849, 0x94ad, 0x94ad];
const TIMING = { partTarget: ticksOfSeconds(0.2), targetDuration: 4, segmentTarget: ticksOfSeconds(2) };

const picture = (ms: number, isSync = false): Sample => ({
  trackId: 'v0',
  kind: 'video',
  dts: ms * 90,
  pts: ms * 90,
  isSync,
  afterJump: false,
  data: NAL,
});
const soundAt = (ms: number): Sample => ({
  trackId: 'a0',
  kind: 'audio',
  dts: ms * 48,
  pts: ms * 48,
  isSync: true,
  afterJump: false,
  data: TINY,
});

const each = (n: number, act: (at: number) => void): void => {
  for (let at = 0; at < n; at += 1) act(at);
};

/** What a cap ends is what the cap is for: the work until then counts. */
function untilRefused(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  };
}

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

/** An output that plays, fed with `samples` of tracks that are known. */
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

/** A publisher's session and the reads of what it says. */
function session(say: (script: ReturnType<typeof publishingSession>['script']) => Buffer): () => void {
  const { session: publisher, script } = publishingSession();
  const bytes = say(script);
  return () => {
    for (let at = 0; at < bytes.length; at += READ_BYTES)
      for (const _ of publisher.receive(bytes.subarray(at, at + READ_BYTES)));
  };
}

const RTMP: readonly ComplexityRow[] = [
  {
    what: 'chunk reader and session outputs: tiny messages',
    n: 2_000,
    prepare: (n) =>
      session((script) => Buffer.concat(Array.from({ length: n }, () => script.audio(0, AUDIO_FRAME)))),
  },
  {
    what: 'body arena: one message in chunks of 128 bytes',
    n: 100_000,
    prepare: (n) => session((script) => script.video(0, Buffer.alloc(n, 0x27))),
  },
  {
    what: 'session outputs: aggregates of tiny messages',
    n: 20,
    prepare: (n) => {
      const parts = Array.from({ length: 200 }, () => ({ type: 8, time: 0, body: AUDIO_FRAME }));
      const body = aggregateBody(parts);
      return session((script) =>
        Buffer.concat(
          Array.from({ length: n }, () =>
            script.message({ type: 22, messageStreamId: 1, timestamp: 0, body }, 7),
          ),
        ),
      );
    },
  },
  {
    what: 'inbox: small pieces that wait',
    n: 1_000,
    prepare: (n) => {
      const inbox = new Inbox(new MessageLink(DEFAULT_RTMP_LIMITS, 'full'), DEFAULT_RTMP_LIMITS);
      return () => {
        each(n, () => {
          inbox.add(Buffer.of(1), 0);
          inbox.settle();
        });
        inbox.clear();
      };
    },
  },
];

function assembler(): TrackAssembler {
  const made = new TrackAssembler({ onStart: () => {}, onTrack: () => {}, onSample: () => {} });
  made.video(0, VIDEO_CONFIG);
  made.audio(0, AUDIO_CONFIG);
  return made;
}

const INGEST: readonly ComplexityRow[] = [
  {
    what: 'track assembler: pictures and sound at one time',
    n: 1_000,
    prepare: (n) => {
      const made = assembler();
      return untilRefused(() =>
        each(n, () => {
          made.video(0, videoFrame(1, true));
          made.audio(0, AUDIO_FRAME);
        }),
      );
    },
  },
  {
    what: 'track assembler: a picture of many NAL units',
    n: 1_000,
    prepare: (n) => {
      const made = assembler();
      const units = Buffer.alloc(n * 5, NAL);
      const body = Buffer.concat([Buffer.of(0x17, 1, 0, 0, 0), units]);
      return untilRefused(() => made.video(0, body));
    },
  },
  {
    what: 'timeline: a clock that jumps, goes back and stands',
    n: 2_000,
    prepare: (n) => {
      const timeline = new Timeline();
      return () =>
        each(
          n,
          (at) => void timeline.videoTime(((at * 2_654_435_761) >>> 0) % (at % 3 === 0 ? 1 : 2 ** 32), 0),
        );
    },
  },
];

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

/** The shortest segment that is cut, seconds; only the end of a run makes a shorter one, and those are few. */
const SHORTEST_S = 0.5;

/** A ring that has got `n` segments of one part. */
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
      slice: arena.allocate(100),
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

function liveStream(): LiveStream {
  return new LiveStream({
    name: 'x',
    clock: clockOf(() => START_MS),
    onStateChange: () => {},
    onSinkFault: rethrow,
  });
}

const LIVE: readonly ComplexityRow[] = [
  {
    what: 'live fan-out: samples to one sink',
    n: 1_000,
    prepare: (n) => {
      const stream = liveStream();
      stream.addSink({
        onSourceStart: () => {},
        onTrack: () => {},
        onSample: () => {},
        onSourceEnd: () => {},
        onEnd: () => {},
      });
      const source = {
        encoder: undefined,
        repairs: new Timeline().repairs,
        drops: noDrops(),
        remoteAddress: '192.0.2.7',
        onReplaced: () => {},
      };
      stream.openSource(source);
      stream.startSource(source, {});
      stream.setTrack(source, video);
      return () => each(n, (at) => stream.push(source, picture(at, true)));
    },
  },
  {
    what: 'stream registry: names that come',
    n: 200,
    prepare: (n) => {
      const registry = new StreamRegistry({
        graceMs: 1_000,
        maxStreams: 1_000_000,
        clock: clockOf(() => START_MS),
        onStreamCreated: () => {},
        onStateChange: () => {},
        onSinkFault: rethrow,
        onStreamRemoved: () => {},
      });
      return () => {
        each(n, (at) => {
          registry.publish(`x${at}`, {
            encoder: undefined,
            repairs: new Timeline().repairs,
            drops: noDrops(),
            remoteAddress: '192.0.2.7',
            onReplaced: () => {},
          });
        });
        registry.endAll();
        registry.close();
      };
    },
  },
];

export const COMPLEXITY_ROWS: readonly ComplexityRow[] = [
  ...RTMP,
  ...INGEST,
  ...GATE,
  ...CUTTING,
  ...KEEPING,
  ...WAITING,
  ...LIVE,
];
