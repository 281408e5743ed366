// VLC without a window, queried over its remote-control interface. It refuses to run as root: then it runs as nobody.
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { whenDone } from '../support/cleanup.ts';
import { runProcess } from '../support/running-process.ts';
import type { Player, PlayFacts, Playing } from './player.ts';
import { startProgram } from './program-player.ts';

const VERSION_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 20_000;
const CONNECT_RHYTHM_MS = 100;
/** User and group of Debian's `nobody`. */
const NOBODY = 65_534;
/** About its HLS parser (discontinuities where EXT-X-MAP is read are not handled) and its MP4 demuxer. */
const ONE_MAP =
  'VLC 3 keeps the first EXT-X-MAP only, and begins anew at a discontinuity without it ("no moov before mdat")';
/** These ends show that both queries have been answered. */
const ANSWER_ENDS = ['[ end of statistical info ]', '[ end of stream info ]'] as const;

export const vlcPlayer: Player = {
  name: 'VLC',
  version: async () => {
    const { command, args } = asUser(['--version']);
    const { stdout } = await runProcess(command, args, {
      timeoutMs: VERSION_TIMEOUT_MS,
      env: { HOME: tmpdir() },
    });
    return /VLC version (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
  },
  limits: {
    reconnect: { why: ONE_MAP },
    'resize-on-reconnect': { why: ONE_MAP },
    'resize-in-connection': { why: ONE_MAP },
  },
  start: async ({ playlistUrl }) => {
    const home = await mkdtemp(path.join(tmpdir(), 'sluice-vlc-'));
    whenDone(() => rm(home, { recursive: true, force: true }));
    if (isRoot()) await chown(home, NOBODY, NOBODY);
    const control = path.join(home, 'control');
    const options = ['--vout', 'dummy', '--aout', 'dummy', '--no-interact', '--no-color'];
    const { command, args } = asUser([
      '-I',
      'oldrc',
      '--rc-fake-tty',
      '--rc-unix',
      control,
      ...options,
      playlistUrl,
    ]);
    const program = startProgram({
      command,
      args,
      env: { HOME: home, XDG_RUNTIME_DIR: home },
      readLine: () => {},
      complaint: /\b(?:stream|demux|decoder) error\b/,
    });
    return askedOver(await connectTo(control), program);
  },
};

function askedOver(socket: Socket, program: Playing): Playing {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  socket.on('error', () => socket.destroy());
  const ask = async (): Promise<string> => {
    text = '';
    socket.write('stats\ninfo\n');
    const deadline = performance.now() + ANSWER_TIMEOUT_MS;
    while (!ANSWER_ENDS.every((end) => text.includes(end))) {
      if (performance.now() > deadline) throw new Error(`VLC does not answer; it said ${text}`);
      await delay(20);
    }
    return text;
  };
  return {
    facts: async (): Promise<PlayFacts> => {
      const answer = await ask();
      // The last of several streams is the current one.
      const [, width, height] = [...answer.matchAll(/Video resolution: (\d+)x(\d+)/g)].at(-1) ?? [];
      return {
        // "video decoded" counts every picture about twice (VLC 3.0.24).
        frames: Number(/frames displayed *: *(\d+)/.exec(answer)?.[1] ?? 0),
        size: { width: Number(width ?? 0), height: Number(height ?? 0) },
        stalls: undefined,
        latencyMs: undefined,
      };
    },
    complaints: program.complaints,
    stop: async () => {
      socket.destroy();
      await program.stop();
    },
  };
}

/** VLC creates its socket when it is ready. */
async function connectTo(file: string): Promise<Socket> {
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  for (;;) {
    const socket = connect(file);
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isConnected) {
      whenDone(() => void socket.destroy());
      return socket;
    }
    if (performance.now() > deadline) throw new Error(`VLC did not listen within ${CONNECT_TIMEOUT_MS} ms`);
    await delay(CONNECT_RHYTHM_MS);
  }
}

function asUser(args: readonly string[]): { readonly command: string; readonly args: readonly string[] } {
  if (!isRoot()) return { command: 'vlc', args };
  const nobody = String(NOBODY);
  return {
    command: 'setpriv',
    args: ['--reuid', nobody, '--regid', nobody, '--clear-groups', 'vlc', ...args],
  };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
