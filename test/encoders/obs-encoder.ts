// OBS Studio as users run it, on a virtual display: a media source plays the prepared clip, and streaming starts by
// itself.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { type RunningProcess, runProcess, startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Encoder, Push } from './encoder.ts';
import { longFlashClip } from './flash-clip.ts';
import { OBS_NAME, obsFiles } from './obs-profile.ts';
import { WATCH_S } from './run-options.ts';

const VERSION_TIMEOUT_MS = 10_000;
/** How much longer the clip is than the watched time: for the start, the measurement and the stop. */
const AROUND_S = 90;

/** In the log of OBS when it has ended a stream on request. */
const STOPPED = 'User stopped the stream';
const OBS_ARGS = [
  ...['--multi', '--disable-updater', '--disable-shutdown-check', '--disable-missing-files-check'],
  ...['--minimize-to-tray', '--startstreaming', '--collection', OBS_NAME, '--profile', OBS_NAME],
];

export const obsEncoder: Encoder = {
  name: 'OBS Studio',
  version: async () => {
    const { stdout, stderr } = await runProcess('obs', ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /(\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? 'unknown';
  },
  start: async (gateway, streamName) =>
    startObs(gateway, { streamName, clip: await longFlashClip(WATCH_S + AROUND_S) }),
};

export type ObsStream = {
  readonly streamName: string;
  /** Absolute path of the media source's file. */
  readonly clip: string;
  /** Lua that runs inside OBS. */
  readonly script?: string;
};

/** Resolves when OBS has been started. */
export async function startObs(
  gateway: GatewayProcess,
  { streamName, clip, script }: ObsStream,
): Promise<Push> {
  const home = temporaryFolder('obs');
  const scriptFile = path.join(home, 'script.lua');
  await writeFile(scriptFile, script ?? '');
  const server = `rtmp://127.0.0.1:${gateway.rtmpPort}/live`;
  const target = { server, key: streamName, clip, ...(script === undefined ? {} : { script: scriptFile }) };
  for (const [name, text] of Object.entries(obsFiles(target))) {
    const file = path.join(home, 'obs-studio', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const display = startProcess('Xvfb', [
    ...['-displayfd', '1', '-screen', '0', '1024x768x24', '+extension', 'GLX', '-nolisten', 'tcp'],
  ]);
  const bus = startProcess('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1']);
  const obs = startProcess('obs', OBS_ARGS, {
    env: {
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_RUNTIME_DIR: home,
      DISPLAY: `:${await firstLine(display, 'Xvfb')}`,
      DBUS_SESSION_BUS_ADDRESS: await firstLine(bus, 'dbus-daemon'),
      // Without a graphics processor, the main processor draws the scene.
      LIBGL_ALWAYS_SOFTWARE: '1',
      GALLIUM_DRIVER: 'llvmpipe',
      QT_QPA_PLATFORM: 'xcb',
    },
  });
  obs.child.stdout.resume();
  return {
    stop: async () => {
      const { code, signal, stderr } = await obs.stop('SIGINT');
      await Promise.all([display.stop(), bus.stop()]);
      // Its log decides, not its exit code: OBS 29 sometimes crashes during its shutdown.
      if ((await readLog(home)).includes(STOPPED)) return;
      throw new Error(`OBS ended with ${code ?? signal}, its stream not stopped by the user:\n${stderr}`);
    },
  };
}

/** One log file for each start. */
async function readLog(home: string): Promise<string> {
  const folder = path.join(home, 'obs-studio/logs');
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.join('\n');
}

/** Both servers print their address in one line on stdout. */
async function firstLine(running: RunningProcess, program: string): Promise<string> {
  for await (const line of createInterface({ input: running.child.stdout })) {
    running.child.stdout.resume();
    return line;
  }
  throw new Error(`${program} ended without saying where it listens:\n${running.stderr()}`);
}
