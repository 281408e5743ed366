// Row S5: one publisher that fills a queue between RTMP and HLS, with a different input for each queue. Memory of its stream
// stays below `hls.max-memory`, and the publisher is told why it was ended.

import { AVC_720P } from '../../cases/avc-configs.ts';
import type { EncoderScript } from '../../cases/rtmp-script.ts';
import { CODES } from '../expected-names.ts';
import {
  AUDIO_CONFIG,
  AUDIO_FRAME,
  avcTag,
  configured,
  framesAt,
  nalUnit,
  steps,
  VIDEO_CONFIG,
  videoFrame,
} from '../media-bytes.ts';
import { RawPublisher } from '../raw-publisher.ts';
import { type Scenario, type Scene, SMALL_STREAM_BYTES } from '../scenario.ts';

const MIB = 1024 * 1024;
/** The promised limit: blocks are larger than their parts, and one message is unfinished. */
const STREAM_CAP_BYTES = SMALL_STREAM_BYTES * 1.15 + MIB;
/**
 * For the canary's ring between two segments, code that was compiled during the run, and a large region of blocks
 * (`server/hls/part-arena.ts`), most of which is not written. Without a limit a stream would take what is sent.
 */
const BESIDE_BYTES = (4 + 33) * MIB;
/** Most bytes of an input. */
const MAX_SENT_BYTES = 6 * SMALL_STREAM_BYTES;
/** Memory is measured after this many bytes. */
const LOOK_EVERY_BYTES = 4 * MIB;
const WRITE_BYTES = MIB;
/** Longest duration of an input with small messages. */
const MAX_SECONDS = 40;
const FRAME_MS = 40;
const BIG_SOUND = Buffer.concat([Buffer.of(0xaf, 1), Buffer.alloc(8_000, 0x21)]);
const TINY_SOUND = Buffer.of(0xaf, 1, 0x21);
const PARAMETERS_BYTES = 60_000;

/** The next message of an endless publication; `at` counts from 0. */
type Next = (script: EncoderScript, at: number) => Buffer;

type Shape = {
  readonly what: string;
  /** Sent once at the start. */
  readonly opening: (script: EncoderScript) => Buffer;
  readonly next: Next;
};

const video = (script: EncoderScript): Buffer => script.video(0, VIDEO_CONFIG);
const sound = (script: EncoderScript): Buffer => script.audio(0, AUDIO_CONFIG);
const opened = (script: EncoderScript): Buffer =>
  Buffer.concat([configured(script), framesAt(script, steps(0, 50))]);
const openedVideo = (script: EncoderScript): Buffer =>
  Buffer.concat([video(script), ...steps(0, 50).map((time) => script.video(time, videoFrame(200, true)))]);
const AFTER_MS = 2_000;

const SHAPES: readonly Shape[] = [
  {
    what: 'video ceases, and sound goes on at one timestamp (follower queue)',
    opening: opened,
    next: (script) => script.audio(AFTER_MS, BIG_SOUND),
  },
  {
    what: 'video crawls 1 ms a frame, and sound is 2.5 s ahead (follower queue, lead queue)',
    opening: opened,
    next: (script, at) =>
      Buffer.concat([
        script.video(AFTER_MS + at, videoFrame(200)),
        ...Array.from({ length: 4 }, () => script.audio(AFTER_MS + 2_500 + at, BIG_SOUND)),
      ]),
  },
  {
    what: 'a video configuration, no picture, sound at time 0 (start gate)',
    opening: configured,
    next: (script) => script.audio(0, BIG_SOUND),
  },
  {
    what: 'a plain picture, then sound at time 0 (start gate)',
    opening: (script) => Buffer.concat([configured(script), script.video(0, videoFrame(200))]),
    next: (script) => script.audio(0, BIG_SOUND),
  },
  {
    what: 'video only, then sound, and no key frame (early sound)',
    opening: (script) => Buffer.concat([openedVideo(script), sound(script)]),
    next: (script, at) =>
      at % 8 === 0 ? script.video(AFTER_MS + at / 8, videoFrame(200)) : script.audio(AFTER_MS, BIG_SOUND),
  },
  {
    what: '60 KB of parameter sets before each key frame (init segments)',
    opening: () => Buffer.alloc(0),
    next: (script, at) => {
      const timeMs = at * 1_000;
      return Buffer.concat([
        script.video(timeMs, largeConfig(at)),
        script.video(timeMs, videoFrame(200, true)),
      ]);
    },
  },
  {
    what: 'the same with a clock that stands still (init segments, start gate)',
    opening: () => Buffer.alloc(0),
    next: (script, at) =>
      Buffer.concat([script.video(0, largeConfig(at)), script.video(0, videoFrame(200, true))]),
  },
  {
    what: 'the same key frame again and again at one time (lead queue)',
    opening: openedVideo,
    next: (script) => script.video(AFTER_MS, videoFrame(100_000, true)),
  },
  {
    what: 'plain pictures at one time behind a live start (lead queue)',
    opening: opened,
    next: (script) => script.video(AFTER_MS, videoFrame(100_000)),
  },
  {
    what: 'messages of nearly 16 MiB (chunk reader, part)',
    opening: opened,
    next: (script, at) => script.video(AFTER_MS + at * FRAME_MS, avcTag(nalUnit(0x41, 15 * MIB))),
  },
  {
    what: 'video runs ahead by an hour a frame while sound stands (follower queue, jumps)',
    opening: opened,
    next: (script, at) =>
      Buffer.concat([
        script.video((AFTER_MS + at * 3_600_000) >>> 0, videoFrame(20_000, at % 2 === 0)),
        script.audio(AFTER_MS, BIG_SOUND),
      ]),
  },
  {
    what: 'sound goes back 1 ms a frame while video stands (follower queue)',
    opening: opened,
    next: (script, at) => script.audio((AFTER_MS - (at % 1_000)) >>> 0, BIG_SOUND),
  },
  {
    what: 'video goes back 10 ms a frame (lead queue)',
    opening: opened,
    next: (script, at) => script.video((AFTER_MS - ((at * 10) % 1_900)) >>> 0, videoFrame(20_000)),
  },
  {
    what: 'one-byte sounds at time 0 while a picture is awaited (start gate)',
    opening: configured,
    next: (script) => Buffer.concat(Array.from({ length: 500 }, () => script.audio(0, TINY_SOUND))),
  },
  {
    what: 'pictures while announced sound is awaited, at one time (start gate)',
    opening: configured,
    next: (script) => script.video(0, videoFrame(100_000, true)),
  },
  {
    what: 'sound alone at one time (lead queue of sound)',
    opening: (script) =>
      Buffer.concat([sound(script), ...steps(0, 200, 23).map((time) => script.audio(time, AUDIO_FRAME))]),
    next: (script) => script.audio(4_600, BIG_SOUND),
  },
];

/** A configuration with 60 KB of picture parameter sets, different each time. */
function largeConfig(at: number): Buffer {
  const { record, spsNal } = AVC_720P;
  const head = record.subarray(0, 6 + 2 + spsNal.length);
  const sets = Array.from({ length: 16 }, (_, number) => {
    const set = Buffer.alloc(2 + PARAMETERS_BYTES / 16, 0x11);
    set.writeUInt16BE(set.length - 2, 0);
    set[2] = 0x68;
    set[3] = 0xee;
    set.writeUInt32BE(at * 16 + number, 4);
    return set;
  });
  return Buffer.concat([Buffer.from('1700000000', 'hex'), head, Buffer.of(sets.length), ...sets]);
}

async function fill(scene: Scene, shape: Shape): Promise<void> {
  const before = await scene.level();
  const publisher = new RawPublisher(scene.gateway, scene.newName(), scene.newAddress());
  if (!(await publisher.start())) return scene.fault('the publisher was refused');
  await publisher.say(shape.opening(publisher.script));
  const sent = await sendUntilEnded(scene, publisher, shape, bytesOf(before));
  const code = await publisher.untilEnded(sent.isComplete ? 3_000 : undefined);
  scene.figure(
    `${mib(sent.bytes)} sent, ${mib(sent.mostBytes)} more in use at most, ended by ${code ?? 'nobody'}`,
  );
  if (sent.mostBytes > STREAM_CAP_BYTES + BESIDE_BYTES)
    scene.fault(`${mib(sent.mostBytes)} more in use, ${mib(STREAM_CAP_BYTES)} are allowed for the stream`);
  const known: readonly string[] = CODES.streamMemory;
  // A publisher whose old media is dropped may continue; only the limit counts.
  if (code !== undefined && !known.includes(code)) scene.fault(`it was ended by ${code}`);
  if (code !== undefined && !publisher.wasToldWhy) scene.fault(`the publisher did not get ${code}`);
  await publisher.stop();
}

/** Sends in writes of a megabyte, and measures the gateway's memory between them. */
async function sendUntilEnded(scene: Scene, publisher: RawPublisher, shape: Shape, before: number) {
  const deadline = performance.now() + MAX_SECONDS * 1_000;
  let [bytes, lookAt, mostBytes, at] = [0, 0, 0, 0];
  const look = async (): Promise<void> => {
    mostBytes = Math.max(mostBytes, bytesOf(await scene.level()) - before);
  };
  while (bytes < MAX_SENT_BYTES && performance.now() < deadline) {
    const batch: Buffer[] = [];
    for (let size = 0; size < WRITE_BYTES; size += batch.at(-1)?.length ?? 0) {
      batch.push(shape.next(publisher.script, at));
      at += 1;
    }
    const write = Buffer.concat(batch);
    if (!(await publisher.say(write))) break;
    bytes += write.length;
    if (bytes < lookAt) continue;
    lookAt = bytes + LOOK_EVERY_BYTES;
    await look();
  }
  await look();
  return { bytes, mostBytes, isComplete: !publisher.peer.hasEnded };
}

function bytesOf(level: Awaited<ReturnType<Scene['level']>>): number {
  return level === undefined ? Number.NaN : level.heap + level.arrayBuffers;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

export const STREAM_MEMORY_SCENARIOS: readonly Scenario[] = SHAPES.map((shape) => ({
  row: 'S5',
  what: shape.what,
  setup: 'small' as const,
  play: (scene) => fill(scene, shape),
}));
