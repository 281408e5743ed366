// The queues and lists between a publisher's socket and the outputs: RTMP, ingest, the hub.

import { BitWriter } from '../../server/bytes/bit-writer.ts';
import { repairAccessUnit } from '../../server/codec/avc-repair.ts';
import { TrackAssembler } from '../../server/ingest/track-assembler.ts';
import { LiveStream } from '../../server/live/live-stream.ts';
import { StreamRegistry } from '../../server/live/stream-registry.ts';
import { noDrops } from '../../server/media/drops.ts';
import { Timeline } from '../../server/media/timeline.ts';
import { Inbox } from '../../server/rtmp/inbox.ts';
import { DEFAULT_RTMP_LIMITS } from '../../server/rtmp/limits.ts';
import { MessageLink } from '../../server/rtmp/message-link.ts';
import { aggregateBody, publishingSession } from '../cases/rtmp-script.ts';
import { AUDIO_CONFIG, AUDIO_FRAME, VIDEO_CONFIG, videoFrame } from '../hostile/media-bytes.ts';
import { clockOf } from '../support/clock.ts';
import { rethrow } from '../support/rethrow.ts';
import { type ComplexityRow, each, NAL, picture, START_MS, untilRefused, video } from './complexity-row.ts';

const READ_BYTES = 64 * 1024;

/** A publisher's session, and the reads of its messages. */
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

/** The beginning of a picture parameter set with this number (H.264 clause 7.3.2.2). */
function pictureParameters(number: number): Buffer {
  const bits = new BitWriter(8);
  bits.bits(0x68, 8);
  bits.ue(number);
  bits.ue(0);
  bits.align(1);
  return Buffer.from(bits.finish());
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
    what: 'pictures: a key frame behind many parameter sets',
    n: 400,
    prepare: (n) => {
      const made = assembler();
      const units = [...Array.from({ length: n }, (_, at) => pictureParameters(at)), Buffer.of(0x65, 0x88)];
      const data = units.flatMap((unit) => [Buffer.of(0, 0, 0, unit.length), unit]);
      const body = Buffer.concat([Buffer.of(0x17, 1, 0, 0, 0), ...data]);
      return () => {
        made.video(0, body);
        made.finish();
      };
    },
  },
  {
    what: 'access unit repair: many units without a start code, after an empty one',
    n: 800,
    prepare: (n) => {
      const data = Buffer.alloc(4 + n * 6);
      data.fill(Buffer.from('000000020601', 'hex'), 4);
      return () => void repairAccessUnit(data, 4);
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

export const PUBLISHING_ROWS: readonly ComplexityRow[] = [...RTMP, ...INGEST, ...LIVE];
