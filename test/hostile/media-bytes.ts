// Tag bodies for hostile publishers: a small real clip, its configurations, and frames of any length.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';
import type { EncoderScript } from '../cases/rtmp-script.ts';

/** Four seconds at 25 frames a second with sound. */
export const TINY_TAGS: readonly FlvTag[] = parseFlvFile(
  readFileSync(path.resolve(import.meta.dirname, '../cases/tiny.flv')),
);

export const VIDEO_CONFIG = configOf('video');
export const AUDIO_CONFIG = configOf('audio');
export const AUDIO_FRAME = Buffer.from('af01211004608c1c', 'hex');

function configOf(kind: FlvTag['kind']): Buffer {
  const found = TINY_TAGS.find((tag) => tag.kind === kind && tag.body[1] === 0);
  if (found === undefined) throw new RangeError(`the clip has no ${kind} configuration`);
  return found.body;
}

/** An AVC tag body with these bytes after its header. */
export function avcTag(data: Buffer, isKey = false, compositionMs = 0): Buffer {
  const head = Buffer.of(isKey ? 0x17 : 0x27, 1, 0, 0, 0);
  head.writeIntBE(compositionMs, 2, 3);
  return Buffer.concat([head, data]);
}

/** A NAL unit with a length of four bytes. */
export function nalUnit(type: number, byteCount: number, filler = 0x55): Buffer {
  const unit = Buffer.alloc(4 + byteCount, filler);
  unit.writeUInt32BE(byteCount, 0);
  if (byteCount > 0) unit[4] = type;
  return unit;
}

/** A frame of one slice with the right size and no valid picture. */
export function videoFrame(byteCount: number, isKey = false, compositionMs = 0): Buffer {
  return avcTag(nalUnit(isKey ? 0x65 : 0x41, byteCount), isKey, compositionMs);
}

/** Both configurations of the clip. */
export function configured(script: EncoderScript): Buffer {
  return Buffer.concat([script.video(0, VIDEO_CONFIG), script.audio(0, AUDIO_CONFIG)]);
}

/** Key frames at these times (ms, taken modulo 2^32), sound beside each. */
export function framesAt(script: EncoderScript, times: readonly number[], audioOffset = 0): Buffer {
  return Buffer.concat(
    times.flatMap((time) => [
      script.video(time >>> 0, videoFrame(200, true)),
      script.audio((time + audioOffset) >>> 0, AUDIO_FRAME),
    ]),
  );
}

/** Times from `from` on, milliseconds. */
export const steps = (from: number, count: number, stepMs = 40): number[] =>
  Array.from({ length: count }, (_, at) => from + at * stepMs);
