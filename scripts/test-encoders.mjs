// `npm run test:encoders [-- --minutes N --only NAME --write]`: real encoders publish, in sequence.
// Without --minutes each is watched for 20 s; with it, sound against picture is measured every minute. --only selects
// encoders by a part of their name. --write puts the tables into docs/measured/encoders.md.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from './debian-programs.mjs';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runScript } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

const ENCODERS = {
  what: 'the encoders are not all here (OBS Studio, GStreamer with its plugins, Xvfb, dbus-daemon, tshark)',
  command: 'npm run test:encoders',
  programs: {
    'obs-studio': 'obs',
    xvfb: 'Xvfb',
    'dbus-daemon': 'dbus-daemon',
    'gstreamer1.0-tools': 'gst-launch-1.0',
    tshark: 'tshark',
  },
  plugins: [
    'obs-plugins',
    ...['base', 'good', 'bad', 'ugly'].map((set) => `gstreamer1.0-plugins-${set}`),
    'gstreamer1.0-libav',
  ],
  /** One element of each plugin package that the pipelines use. */
  elements: ['videotestsrc', 'flvmux', 'rtmp2sink', 'x264enc', 'avenc_aac'],
};

process.exitCode = await runScript(async () => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, only: { type: 'string' }, write: { type: 'boolean' } },
  });
  await prepare();
  const tools = await findTestTools();
  await findPrograms(ENCODERS);
  const env = {
    ...process.env,
    ...tools,
    SLUICE_TEST_ENCODER_MINUTES: values.minutes ?? '0',
    SLUICE_TEST_ENCODER_ONLY: values.only ?? '',
    SLUICE_TEST_ENCODER_WRITE: values.write === true ? '1' : '0',
  };
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = path.join(ROOT, 'test/encoders/vitest.config.ts');
  return runCommand(process.execPath, [vitest, 'run', '--config', config], { cwd: ROOT, env });
});
