// Sessions of encoders to damage. ffmpeg's are recorded at run time through a relay to a gateway; those of other encoders
// come from test/cases, with the media of a real clip.

import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { ENCODER_HABITS } from '../../cases/encoder-habits.ts';
import { EncoderScript } from '../../cases/rtmp-script.ts';
import type { AttackedGateway } from '../attacked-gateway.ts';
import { TINY_TAGS } from '../media-bytes.ts';
import { type WalkedChunk, walkChunks } from './chunk-walk.ts';

/** Replaced by another name of the same length in each input. */
export const RECORDED_NAME = 'mutated-0000';
const CLIP_MS = 1_400;
const RECORD_TIMEOUT_MS = 30_000;

export type Recording = {
  readonly what: string;
  readonly bytes: Buffer;
  readonly chunks: readonly WalkedChunk[];
};

const SOURCE = ['-f', 'lavfi', '-i', 'testsrc2=size=96x54:rate=25:duration=2'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=2'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p', '-b:v', '60k'];
const AAC = ['-c:a', 'aac', '-b:a', '32k'];

const FFMPEG_LINES: Readonly<Record<string, readonly string[]>> = {
  'ffmpeg, pictures and sound': [...SOURCE, ...SOUND, ...X264, ...AAC],
  'ffmpeg, B-frames': [...SOURCE, ...SOUND, ...X264, '-bf', '2', ...AAC],
  'ffmpeg, pictures alone': [...SOURCE, ...X264],
  'ffmpeg, sound alone': [...SOUND, ...AAC],
};

/** Records ffmpeg and builds the other sessions. */
export async function recordSessions(gateway: AttackedGateway): Promise<Recording[]> {
  const recorded: { what: string; bytes: Buffer }[] = [];
  for (const [what, args] of Object.entries(FFMPEG_LINES)) {
    const bytes = await recordFfmpeg(gateway, args).catch(() => undefined);
    if (bytes !== undefined) recorded.push({ what, bytes });
  }
  return [...recorded, ...habitSessions(), ...clipSessions()].map(({ what, bytes }) => ({
    what,
    bytes,
    chunks: walkChunks(bytes),
  }));
}

async function recordFfmpeg(gateway: AttackedGateway, args: readonly string[]): Promise<Buffer> {
  const heard: Buffer[] = [];
  const relay = createServer((encoder) => {
    const server = connect({ port: gateway.rtmpPort, host: '127.0.0.1' });
    encoder.on('error', () => server.destroy());
    server.on('error', () => encoder.destroy());
    encoder.on('data', (bytes) => heard.push(bytes));
    encoder.pipe(server).pipe(encoder);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const place = relay.address();
  if (place === null || typeof place === 'string') throw new Error('the relay has no port');
  const url = `rtmp://127.0.0.1:${place.port}/live/${RECORDED_NAME}`;
  const encoder = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...args, '-f', 'flv', url], {
    stdio: 'ignore',
  });
  const timer = setTimeout(() => encoder.kill('SIGKILL'), RECORD_TIMEOUT_MS);
  await new Promise<void>((resolve, reject) => {
    encoder.once('error', reject);
    encoder.once('close', () => resolve());
  }).finally(() => {
    clearTimeout(timer);
    relay.close();
  });
  if (heard.length === 0) throw new Error('nothing was recorded');
  return Buffer.concat(heard);
}

function clipTags(script: EncoderScript): Buffer[] {
  return TINY_TAGS.filter(({ kind, timestamp }) => kind !== 'script' && timestamp < CLIP_MS).map(
    ({ kind, timestamp, body }) =>
      kind === 'audio' ? script.audio(timestamp, body) : script.video(timestamp, body),
  );
}

/** What OBS, GStreamer, librtmp and Flash encoders send before media; their frames are placeholders. */
function habitSessions(): { what: string; bytes: Buffer }[] {
  return ENCODER_HABITS.map(({ encoder, steps }) => {
    const script = new EncoderScript();
    const said = steps(script).map(({ bytes }) => bytes);
    return { what: encoder, bytes: Buffer.concat([script.hello(), ...said]) };
  });
}

/** The clip in the chunk sizes of encoders: 128 (librtmp, ffmpeg), 4 096 (OBS), 60 000 (Larix, GStreamer). */
function clipSessions(): { what: string; bytes: Buffer }[] {
  return [128, 4_096, 60_000].map((chunkBytes) => {
    const script = new EncoderScript();
    const bytes = Buffer.concat([
      script.opening(),
      ...(chunkBytes === 128 ? [] : [script.control({ kind: 'set-chunk-size', chunkBytes })]),
      script.publish(RECORDED_NAME),
      ...clipTags(script),
      script.command('FCUnpublish', 6, null, [RECORDED_NAME]),
      script.command('deleteStream', 0, null, [1]),
    ]);
    return { what: `a clip in chunks of ${chunkBytes}`, bytes };
  });
}
