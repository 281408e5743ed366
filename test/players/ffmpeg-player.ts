// ffmpeg as a player: the same demuxer and decoders as ffplay, without a window.
import { runProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';
import type { Player } from './player.ts';
import { ONE_INIT_SEGMENT, readShowinfo, startProgram } from './program-player.ts';

const VERSION_TIMEOUT_MS = 10_000;

export const ffmpegPlayer: Player = {
  name: 'ffmpeg',
  version: async () => {
    const { stdout } = await runProcess(FFMPEG, ['-version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /^ffmpeg version (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
  },
  isUnpaced: true,
  limits: { 'resize-on-reconnect': { why: ONE_INIT_SEGMENT } },
  start: async ({ playlistUrl }) =>
    startProgram({
      command: FFMPEG,
      args: [
        ...['-hide_banner', '-nostdin', '-nostats', '-i', playlistUrl],
        ...['-vf', 'showinfo=checksum=0', '-f', 'null', '-'],
      ],
      readLine: readShowinfo,
      complaint: /\b(?:error|invalid|failed|duplicated)\b/i,
      signal: 'SIGINT',
    }),
};
