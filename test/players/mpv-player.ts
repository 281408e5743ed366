// mpv without a window or a sound device, at the clock's pace.
import { runProcess } from '../support/running-process.ts';
import type { Player } from './player.ts';
import { ONE_INIT_SEGMENT, readShowinfo, startProgram } from './program-player.ts';

const VERSION_TIMEOUT_MS = 10_000;
/** Printed in its log when it stops because media is missing. */
const BUFFERING = 'Enter buffering';

export const mpvPlayer: Player = {
  name: 'mpv',
  version: async () => {
    const { stdout } = await runProcess('mpv', ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /^mpv (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
  },
  limits: { 'resize-on-reconnect': { why: ONE_INIT_SEGMENT } },
  start: async ({ playlistUrl }) =>
    startProgram({
      command: 'mpv',
      args: [
        ...['--no-config', '--vo=null', '--ao=null', '--no-input-terminal', '--term-status-msg='],
        ...['--msg-level=all=v', '--vf=lavfi=[showinfo=checksum=0]', playlistUrl],
      ],
      readLine: (line, facts) => {
        readShowinfo(line, facts);
        if (facts.frames > 0 && line.includes(BUFFERING)) facts.stalls = (facts.stalls ?? 0) + 1;
        facts.stalls ??= 0;
      },
      complaint: /\b(?:error|invalid|failed)\b/i,
    }),
};
