// ffmpeg, which encodes its own test sources live.
import { runProcess, startProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';
import type { Encoder } from './encoder.ts';
import { AAC_ARGS, BEEP_SOURCE, FLASH_SOURCE, X264_ARGS } from './flash-clip.ts';

const VERSION_TIMEOUT_MS = 10_000;
/** ffmpeg's exit code after Ctrl-C, when it has written its trailer. */
const INTERRUPTED = 255;

export const ffmpegEncoder: Encoder = {
  name: 'ffmpeg',
  version: async () => {
    const { stdout } = await runProcess(FFMPEG, ['-version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /^ffmpeg version (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
  },
  start: async (gateway, streamName) => {
    const inputs = [FLASH_SOURCE, BEEP_SOURCE].flatMap((source) => ['-re', '-f', 'lavfi', '-i', source]);
    const output = ['-flvflags', 'no_duration_filesize', '-f', 'flv', gateway.rtmpUrl(streamName)];
    const quiet = ['-hide_banner', '-nostdin', '-v', 'warning'];
    const running = startProcess(FFMPEG, [...quiet, ...inputs, ...X264_ARGS, ...AAC_ARGS, ...output]);
    running.child.stdout.resume();
    return {
      stop: async () => {
        const { code, signal, stderr } = await running.stop('SIGINT');
        if (code !== INTERRUPTED) throw new Error(`ffmpeg ended with ${code ?? signal}:\n${stderr}`);
      },
    };
  },
};
