// `npm run test:players [-- --only NAME --write]`: real players play a live stream in sequence, about two minutes
// each. --only selects players by a part of their name. --write puts the table into docs/measured/players.md.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from './debian-programs.mjs';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runScript } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

const PLAYERS = {
  what: 'the players are not all here (Firefox ESR, mpv, VLC, GStreamer with its plugins)',
  command: 'npm run test:players',
  programs: {
    'firefox-esr': 'firefox-esr',
    mpv: 'mpv',
    'vlc-bin': 'vlc',
    'gstreamer1.0-tools': 'gst-launch-1.0',
  },
  plugins: [
    'vlc-plugin-base',
    ...['base', 'good', 'bad'].map((set) => `gstreamer1.0-plugins-${set}`),
    'gstreamer1.0-libav',
  ],
  /** One element of each plugin package that playback uses. */
  elements: ['playbin3', 'hlsdemux2', 'souphttpsrc', 'fpsdisplaysink', 'avdec_h264'],
};

process.exitCode = await runScript(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' } } });
  await prepare();
  const tools = await findTestTools();
  await findPrograms(PLAYERS);
  const env = {
    ...process.env,
    ...tools,
    SLUICE_TEST_PLAYER_ONLY: values.only ?? '',
    SLUICE_TEST_PLAYER_WRITE: values.write === true ? '1' : '0',
  };
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = path.join(ROOT, 'test/players/vitest.config.ts');
  return runCommand(process.execPath, [vitest, 'run', '--config', config], { cwd: ROOT, env });
});
