// The source with a flash and a beep at the same moment: as live inputs of ffmpeg, and as a clip for encoders that play
// one.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FFMPEG } from '../support/test-tools.ts';
import { AUDIO_KBPS, AUDIO_RATE, PICTURE, VIDEO_KBPS } from './encoder.ts';

const { width, height, framesPerSecond, keyFrameEveryS } = PICTURE;
/** A moving picture, white for the first 100 ms of each second: even an encoder that skips a frame shows the flash. */
export const FLASH_SOURCE = `testsrc2=size=${width}x${height}:rate=${framesPerSecond},drawbox=color=white:t=fill:enable='lt(mod(n,${framesPerSecond}),3)'`;
/** Silence, with 100 ms of 1 kHz at the beginning of each second. */
export const BEEP_SOURCE = `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=${AUDIO_RATE}`;
/** As a user would write them; libx264 chooses the B-frames. */
export const X264_ARGS: readonly string[] = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
  ...['-g', String(framesPerSecond * keyFrameEveryS)],
  ...['-b:v', `${VIDEO_KBPS}k`, '-maxrate', `${VIDEO_KBPS}k`, '-bufsize', `${VIDEO_KBPS}k`],
];
export const AAC_ARGS: readonly string[] = ['-c:a', 'aac', '-b:a', `${AUDIO_KBPS}k`];

/** Whole seconds of both tracks, so that a repetition moves neither the flash nor the beep. */
const CLIP_S = 60;
const MAKE_TIMEOUT_MS = 120_000;
const QUIET = ['-hide_banner', '-nostdin', '-v', 'error'];

/** A minute as an encoder would send it; resolves with its path. */
export function flvFlashClip(): Promise<string> {
  return makeOnce('flash-beep.flv', [...AAC_ARGS, '-flvflags', 'no_duration_filesize']);
}

/** A clip of at least `seconds`. Its sound is PCM, which starts exactly at its timestamp. Removed with the test. */
export async function longFlashClip(seconds: number): Promise<string> {
  const minute = await makeOnce('flash-beep.mkv', ['-c:a', 'pcm_s16le']);
  const folder = temporaryFolder('flash');
  const file = path.join(folder, 'long.mkv');
  const repeats = String(Math.ceil(seconds / CLIP_S) - 1);
  const args = [...QUIET, '-stream_loop', repeats, '-i', minute, '-c', 'copy', file];
  await runProcess(FFMPEG, args, { timeoutMs: MAKE_TIMEOUT_MS });
  return file;
}

/** Made once and kept in the temporary folder. */
async function makeOnce(name: string, audioArgs: readonly string[]): Promise<string> {
  const folder = path.join(tmpdir(), 'sluice-test-sources');
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const inputs = ['-f', 'lavfi', '-i', FLASH_SOURCE, '-f', 'lavfi', '-i', BEEP_SOURCE];
  // Written under another name and then renamed: an interrupted run leaves no partial file.
  const partial = path.join(folder, `${process.pid}-${name}`);
  try {
    const args = [...QUIET, ...inputs, '-t', String(CLIP_S), ...X264_ARGS, ...audioArgs, '-y', partial];
    await runProcess(FFMPEG, args, { timeoutMs: MAKE_TIMEOUT_MS });
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}
