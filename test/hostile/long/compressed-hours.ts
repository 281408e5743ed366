// Rows 19 and 28: hours of media at full speed, and the memory afterwards.

import { BlockPool } from '../../../server/hls/part-arena.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../server/ingest/limits.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import { pseudoRandom } from '../../cases/rtmp-splits.ts';
import { clockOf } from '../../support/clock.ts';
import { SCRIPT_START_MS } from '../../support/hls-script.ts';
import { SessionPipe } from '../../support/session-pipe.ts';
import { AUDIO_CONFIG, AUDIO_FRAME, VIDEO_CONFIG, videoFrame } from '../media-bytes.ts';
import { inMib, type LongRun, type LongRunReport, settledMemory } from './long-run.ts';

const MIB = 1024 * 1024;
const FRAME_MS = 40;
const FRAMES_PER_SECOND = 1000 / FRAME_MS;
const KEY_FRAME_EVERY_MS = 2_000;
/** 1024 samples at 44.1 kHz, as the clip's configuration says. */
const AUDIO_FRAME_MS = (1024 / 44_100) * 1000;
/** Node reads sockets into slabs of this size and hands out slices of them. */
const SLAB_BYTES = 64 * 1024;
const LEAST_READ_BYTES = 100;
const OBS_CHUNK_BYTES = 4_096;
/** Memory of a stream above its ring (docs/decisions/0002-memory-of-parts.md). */
const RING_SHARE = 1.15;
/** Heap for code that is compiled during the run. */
const HEAP_ROOM_BYTES = 4 * MIB;

type Hours = {
  readonly seconds: number;
  /** Bits per second of pictures; 0 for none. */
  readonly videoBitrate: number;
  readonly hasKeyFrames: boolean;
  readonly hasSound: boolean;
};

type Seen = { sentBytes: number; mostOver: number; ringBytes: number; closedBy: string | undefined };

export const compressedHour: LongRun = {
  name: 'hour',
  what: 'row 19: an hour at 6 Mbit/s in reads of 100 bytes to 64 KiB',
  run: () => play({ seconds: 3_600, videoBitrate: 6_000_000, hasKeyFrames: true, hasSound: true }),
};

export const soundForADay: LongRun = {
  name: 'sound',
  what: 'row 28: a day of sound alone',
  run: () => play({ seconds: 86_400, videoBitrate: 0, hasKeyFrames: false, hasSound: true }),
};

export const noKeyFrame: LongRun = {
  name: 'no-key-frame',
  what: 'row 28: ten minutes of pictures at 8 Mbit/s, none a key frame',
  run: () => {
    const report = play({ seconds: 600, videoBitrate: 8_000_000, hasKeyFrames: false, hasSound: false });
    const isClosed = report.figures.some((figure) => figure.includes('no_keyframe'));
    return isClosed ? report : { ...report, faults: [...report.faults, 'it was not closed'] };
  },
};

function play(hours: Hours): LongRunReport {
  let nowMs = SCRIPT_START_MS;
  const clock = (): number => nowMs;
  const before = settledMemory();
  const pool = new BlockPool();
  const pipe = new SessionPipe({ window: 12, clock: clockOf(clock), pool });
  const reads = new SocketReads();
  const startedAt = performance.now();
  const seen: Seen = { sentBytes: 0, mostOver: Number.NEGATIVE_INFINITY, ringBytes: 0, closedBy: undefined };
  let most = before;
  let measureAt = 0;
  try {
    for (const { atMs, bytes } of publication(hours)) {
      nowMs = SCRIPT_START_MS + atMs;
      seen.sentBytes += bytes.length;
      for (const read of reads.of(bytes)) pipe.feed(read);
      if (atMs < measureAt) continue;
      measureAt += (hours.seconds * 1000) / 20;
      const memory = settledMemory();
      const ringBytes = pipe.output.rendition?.ring.bytes ?? 0;
      const held = memory.arrayBuffers - before.arrayBuffers;
      seen.mostOver = Math.max(seen.mostOver, held - ringBytes * RING_SHARE - pool.pooledBytes);
      seen.ringBytes = Math.max(seen.ringBytes, ringBytes);
      most = {
        arrayBuffers: Math.max(most.arrayBuffers, memory.arrayBuffers),
        heap: Math.max(most.heap, memory.heap),
      };
    }
  } catch (error) {
    seen.closedBy = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const heapGrowth = most.heap - before.heap;
  return {
    figures: [
      `${inMib(seen.sentBytes)} in ${seconds.toFixed(1)} s`,
      `buffers ${inMib(most.arrayBuffers - before.arrayBuffers)} at most, ring ${inMib(seen.ringBytes)}`,
      `above ring x ${RING_SHARE} and free blocks: ${inMib(seen.mostOver)}`,
      `heap grew by ${inMib(heapGrowth)}`,
      ...(seen.closedBy === undefined ? [] : [`closed by ${seen.closedBy} after ${inMib(seen.sentBytes)}`]),
    ],
    faults: faultsOf(seen, heapGrowth),
  };
}

function faultsOf(seen: Seen, heapGrowth: number): string[] {
  const faults: string[] = [];
  // One open block of parts, and one unfinished message.
  if (seen.mostOver > 2 * MIB) faults.push(`${inMib(seen.mostOver)} more than the ring accounts for`);
  if (heapGrowth > HEAP_ROOM_BYTES) faults.push(`the heap grew by ${inMib(heapGrowth)}`);
  if (seen.sentBytes > DEFAULT_INGEST_LIMITS.maxBytesBeforeKeyFrame * 1.01 && seen.closedBy === 'no_keyframe')
    faults.push(`${inMib(seen.sentBytes)} were taken without a key frame`);
  return faults;
}

function* publication(hours: Hours): Generator<{ readonly atMs: number; readonly bytes: Buffer }> {
  const script = new EncoderScript();
  const configs = [
    ...(hours.videoBitrate > 0 ? [script.video(0, VIDEO_CONFIG)] : []),
    ...(hours.hasSound ? [script.audio(0, AUDIO_CONFIG)] : []),
  ];
  const chunkSize = script.control({ kind: 'set-chunk-size', chunkBytes: OBS_CHUNK_BYTES });
  const opening = [script.opening(), script.publish(), chunkSize];
  yield { atMs: 0, bytes: Buffer.concat([...opening, ...configs]) };
  const frame = videoFrame(Math.round(hours.videoBitrate / 8 / FRAMES_PER_SECOND));
  const keyFrame = videoFrame(Math.round((hours.videoBitrate / 8 / FRAMES_PER_SECOND) * 4), true);
  let soundAtMs = 0;
  for (let atMs = 0; atMs < hours.seconds * 1000; atMs += FRAME_MS) {
    const isKey = hours.hasKeyFrames && atMs % KEY_FRAME_EVERY_MS === 0;
    if (hours.videoBitrate > 0) yield { atMs, bytes: script.video(atMs >>> 0, isKey ? keyFrame : frame) };
    for (; hours.hasSound && soundAtMs <= atMs; soundAtMs += AUDIO_FRAME_MS)
      yield { atMs, bytes: script.audio(Math.round(soundAtMs) >>> 0, AUDIO_FRAME) };
  }
}

/** Cuts bytes as TCP may, each read a slice of its own slab. */
class SocketReads {
  readonly #random = pseudoRandom(19);

  *of(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length; ) {
      const ratio = SLAB_BYTES / LEAST_READ_BYTES;
      const length = Math.floor(LEAST_READ_BYTES * ratio ** this.#random());
      const slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      const read = slab.subarray(0, bytes.copy(slab, 0, at, at + length));
      at += read.length;
      yield read;
    }
  }
}
