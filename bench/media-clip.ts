// The clip for all servers: encoded once by ffmpeg, kept in the temporary folder, and cut so that it loops seamlessly.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type FlvTag, parseFlvFile } from '../server/flv/flv-file.ts';
import { type Clip, clipFrom } from '../server/relay/clip-loop.ts';
import { runToEnd } from './child-process.ts';
import { FRAME_NUMBER_FILTER, MAX_FRAMES } from './frame-number.ts';
import { findFfmpeg } from './programs.ts';

export type ClipKind = 'load' | 'numbered' | 'small';

export const FPS = 30;
export const GOP_S = 2;
/** AAC frames of 1024 samples; 16 s and 32 s are a whole number of them, of pictures and of key frame intervals. */
const SAMPLE_RATE = 48_000;
const AAC_FRAME_SAMPLES = 1024;
/** FLV annex E.4: packet type 0 is codec configuration, for AVC and AAC alike. */
const CONFIG_PACKET = 0;
/** Packet type 2 of AVC ends the sequence. A loop has none; counted as a picture it would shift the numbers. */
const END_PACKET = 2;

type ClipShape = {
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
  readonly filter: string;
  readonly videoArgs: readonly string[];
};

const SHAPES: Readonly<Record<ClipKind, ClipShape>> = {
  // Like a typical stream: B-frames, constant bitrate, noise so that the bitrate is used.
  load: {
    seconds: 16,
    width: 1920,
    height: 1080,
    filter: 'noise=alls=12:allf=t',
    videoArgs: rate('4000k', ['-bf', '2']),
  },
  // Like a low-latency encoder: no B-frames, so that the picture's number is its place in the stream.
  numbered: {
    seconds: MAX_FRAMES / FPS,
    width: 1280,
    height: 720,
    filter: FRAME_NUMBER_FILTER,
    videoArgs: rate('2500k', ['-bf', '0']),
  },
  // The same for long runs, with a small picture that is cheap to decode.
  small: {
    seconds: MAX_FRAMES / FPS,
    width: 640,
    height: 360,
    filter: FRAME_NUMBER_FILTER,
    videoArgs: rate('600k', ['-bf', '0']),
  },
};
const KINDS: readonly ClipKind[] = ['load', 'numbered', 'small'];
const ENCODE_TIMEOUT_MS = 300_000;

/** Encodes the clip unless it exists. @returns its file */
export async function makeClip(kind: ClipKind): Promise<string> {
  const args = encoderArgs(SHAPES[kind]);
  const hash = createHash('sha256').update(args.join(' ')).digest('hex').slice(0, 16);
  const folder = path.join(os.tmpdir(), 'sluice-bench-clips');
  const file = path.join(folder, `${kind}-${hash}.flv`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  // Written to another file and renamed, so that an aborted run leaves no partial clip.
  const partial = `${file}.${process.pid}.partial`;
  try {
    await runToEnd(findFfmpeg(), [...args, '-y', partial], { timeoutMs: ENCODE_TIMEOUT_MS });
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}

/** Reads a clip for looping, without the encoder's first and last audio frames, which would overlap. */
export function readClip(file: string): Clip & { readonly metadata: Readonly<Record<string, number>> } {
  const tags = parseFlvFile(readFileSync(file));
  const kind = KINDS.find((name) => path.basename(file).startsWith(name)) ?? 'numbered';
  const { seconds, width, height } = SHAPES[kind];
  const wanted = (seconds * SAMPLE_RATE) / AAC_FRAME_SAMPLES;
  let seen = 0;
  const kept = tags.filter((tag) => {
    if (tag.kind === 'video') return tag.body[1] !== END_PACKET;
    if (tag.kind !== 'audio' || isConfig(tag)) return true;
    seen += 1;
    return seen <= wanted;
  });
  return {
    ...clipFrom(kept),
    durationMs: seconds * 1000,
    metadata: {
      width,
      height,
      framerate: FPS,
      videocodecid: 7,
      audiocodecid: 10,
      audiosamplerate: SAMPLE_RATE,
    },
  };
}

/** Codec configuration is sent once, not in every round. */
export function isConfig(tag: Pick<FlvTag, 'body'>): boolean {
  return tag.body[1] === CONFIG_PACKET;
}

function encoderArgs({ seconds, width, height, filter, videoArgs }: ClipShape): readonly string[] {
  const picture = `testsrc2=size=${width}x${height}:rate=${FPS}`;
  const sound = `anoisesrc=color=pink:amplitude=0.2:sample_rate=${SAMPLE_RATE}`;
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound],
    ...['-vf', filter, '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
    ...videoArgs,
    ...['-c:a', 'aac', '-ac', '2', '-b:a', '128k', '-t', String(seconds), '-f', 'flv'],
  ];
}

/** Constant bit rate and closed groups of pictures of a fixed length. */
function rate(bitRate: string, more: readonly string[]): readonly string[] {
  const gop = ['-g', String(GOP_S * FPS), '-keyint_min', String(GOP_S * FPS), '-sc_threshold', '0'];
  const params = ['-x264-params', 'nal-hrd=cbr:open-gop=0'];
  return [
    ...more,
    ...gop,
    ...params,
    '-b:v',
    bitRate,
    '-minrate',
    bitRate,
    '-maxrate',
    bitRate,
    '-bufsize',
    bitRate,
  ];
}
