// GStreamer's playbin3 with hlsdemux2 (on souphttpsrc), sinks without devices, at the clock's pace.
import { runProcess } from '../support/running-process.ts';
import type { Player } from './player.ts';
import { startProgram } from './program-player.ts';

const VERSION_TIMEOUT_MS = 10_000;
const RENDERED = /last-message = rendered: (\d+), dropped: (\d+)/;
const CAPS = /fpsdisplaysink0.*caps = video\/x-raw.*width=\(int\)(\d+), height=\(int\)(\d+)/;
/** For hlsdemux2 1.22. The reloads are in its log; that they cause the buffering is a guess. */
const RARE_RELOADS =
  'begins three segments from the end and asks for the playlist once in a target duration of two segments; it buffers now and then, perhaps for that';
/** gst-launch stops the clock when a queue is empty, and prints this. */
const BUFFERING = 'Buffering, setting pipeline to PAUSED';

export const gstreamerPlayer: Player = {
  name: 'GStreamer hlsdemux2',
  version: async () => {
    const { stdout } = await runProcess('gst-launch-1.0', ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /version (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
  },
  limits: { steady: { why: RARE_RELOADS } },
  start: async ({ playlistUrl }) =>
    startProgram({
      command: 'gst-launch-1.0',
      args: [
        ...['-v', 'playbin3', `uri=${playlistUrl}`],
        'video-sink=fpsdisplaysink video-sink=fakesink sync=true text-overlay=false',
        'audio-sink=fakesink sync=true',
      ],
      readLine: (line, facts) => {
        const [, rendered] = RENDERED.exec(line) ?? [];
        if (rendered !== undefined) facts.frames = Number(rendered);
        const [, width, height] = CAPS.exec(line) ?? [];
        if (width !== undefined) facts.size = { width: Number(width), height: Number(height) };
        if (facts.frames > 0 && line.includes(BUFFERING)) facts.stalls = (facts.stalls ?? 0) + 1;
        facts.stalls ??= 0;
      },
      complaint: /^(?:ERROR|WARNING|0:\S+ .*(?:ERROR|WARN))/,
      signal: 'SIGINT',
    }),
};
