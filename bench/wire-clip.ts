// A clip as RTMP chunks that loop (RTMP 1.0 clause 5.3.1): every header has a timestamp delta, so the same bytes serve all
// publishers and all rounds, and a publisher costs one write for each message.

import type { FlvTag } from '../server/flv/flv-file.ts';
import type { Clip } from '../server/relay/clip-loop.ts';
import { CHUNK_STREAM } from '../server/rtmp/chunk-writer.ts';
import { MESSAGE_TYPE } from '../server/rtmp/message.ts';
import { isConfig } from './media-clip.ts';

/** One message of the loop. */
export type WireMark = {
  /** Milliseconds from the start of a round at which it is due. */
  readonly dueMs: number;
  /** Index of the byte after it. */
  readonly endsAt: number;
  readonly isPicture: boolean;
};

export type WireClip = {
  readonly bytes: Buffer;
  readonly marks: readonly WireMark[];
  readonly durationMs: number;
  /** Codec configuration, sent once before the loop, with the timestamp that the first delta of its kind continues. */
  readonly configs: readonly {
    readonly kind: 'audio' | 'video';
    readonly timeMs: number;
    readonly body: Buffer;
  }[];
};

/** As OBS sends. */
export const WIRE_CHUNK_BYTES = 4096;

const CHUNK_TYPE_1 = 1 << 6;
const CHUNK_TYPE_3 = 3 << 6;

/** @returns the loop. Its first media has the timestamp `durationMs`, so that all deltas are positive. */
export function wireClip(clip: Clip): WireClip {
  const media = clip.tags.filter((tag) => tag.kind !== 'script' && !isConfig(tag));
  const lastMs = (kind: FlvTag['kind']): number =>
    media.findLast((tag) => tag.kind === kind)?.timestamp ?? clip.durationMs;
  const previousMs = {
    audio: lastMs('audio') - clip.durationMs,
    video: lastMs('video') - clip.durationMs,
  };
  const pieces: Buffer[] = [];
  const marks: WireMark[] = [];
  let endsAt = 0;
  for (const tag of media) {
    if (tag.kind === 'script') continue;
    const bytes = chunksOf(tag.kind, tag.timestamp - previousMs[tag.kind], tag.body);
    previousMs[tag.kind] = tag.timestamp;
    pieces.push(bytes);
    endsAt += bytes.length;
    marks.push({ dueMs: tag.timestamp, endsAt, isPicture: tag.kind === 'video' });
  }
  const configs = clip.tags.flatMap(({ kind, body }) =>
    kind === 'script' || !isConfig({ body }) ? [] : [{ kind, timeMs: lastMs(kind), body }],
  );
  return { bytes: Buffer.concat(pieces), marks, durationMs: clip.durationMs, configs };
}

/** A message with a header of type 1 and continuations of type 3. */
function chunksOf(kind: 'audio' | 'video', deltaMs: number, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = CHUNK_TYPE_1 | CHUNK_STREAM[kind];
  header.writeUIntBE(deltaMs, 1, 3);
  header.writeUIntBE(body.length, 4, 3);
  header[7] = MESSAGE_TYPE[kind];
  const pieces: Buffer[] = [header];
  for (let start = 0; start < body.length; start += WIRE_CHUNK_BYTES) {
    if (start > 0) pieces.push(Buffer.of(CHUNK_TYPE_3 | CHUNK_STREAM[kind]));
    pieces.push(body.subarray(start, start + WIRE_CHUNK_BYTES));
  }
  return Buffer.concat(pieces);
}
