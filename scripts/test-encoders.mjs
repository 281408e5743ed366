// `npm run test:encoders [-- --minutes N --only NAME --write]`: real encoders publish and play, one after the other.
// Without --minutes each is watched for 20 s; with it, sound against picture is measured every minute. --only takes part
// of an encoder's name. --write puts the tables into docs/interop.md.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';
import { runCommand, runScript, ScriptError, say } from './run-command.mjs';
import { findTestTools } from './test-tools.mjs';

/** Programs that must be on the PATH, by the Debian package that brings them. */
const PROGRAMS = {
  'obs-studio': 'obs',
  xvfb: 'Xvfb',
  'dbus-daemon': 'dbus-daemon',
  'gstreamer1.0-tools': 'gst-launch-1.0',
  tshark: 'tshark',
};
/** What those programs load at run time. */
const PLUGINS = [
  'obs-plugins',
  ...['base', 'good', 'bad', 'ugly'].map((set) => `gstreamer1.0-plugins-${set}`),
  'gstreamer1.0-libav',
];
/** One element of each plugin package that the pipelines use. */
const ELEMENTS = ['videotestsrc', 'flvmux', 'rtmp2sink', 'x264enc', 'avenc_aac'];
/** Another apt run (unattended upgrades) may hold the lock for a while. */
const APT_LOCK_TIMEOUT_S = 300;

process.exitCode = await runScript(async () => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, only: { type: 'string' }, write: { type: 'boolean' } },
  });
  await prepare();
  const tools = await findTestTools();
  await findEncoders();
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

/** Installs what is missing where that is ours to do (Debian, root); elsewhere names the one command. */
async function findEncoders() {
  if (await hasEncoders()) return;
  const packages = [...Object.keys(PROGRAMS), ...PLUGINS];
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() === 0 && isDebian()) {
    say(`installing ${packages.join(', ')} with apt-get (once, needs the network)`);
    const options = { cwd: '/', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const lock = ['-q', '-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_S}`];
    // A package list that is partly out of reach may still be good enough: the install decides.
    await runCommand('apt-get', [...lock, 'update'], options);
    await runCommand('apt-get', [...lock, ...install], options);
    if (await hasEncoders()) return;
  }
  throw new ScriptError(
    'the encoders are not all here (OBS Studio, GStreamer with its plugins, Xvfb, dbus-daemon, tshark). On Debian, run this once as root, then npm run test:encoders again:\n\n' +
      `  apt-get update && apt-get ${install.join(' ')}`,
  );
}

async function hasEncoders() {
  if (!Object.values(PROGRAMS).every(isOnPath)) return false;
  for (const element of ELEMENTS) {
    const code = await runCommand('gst-inspect-1.0', ['--exists', element], { cwd: ROOT });
    if (code !== 0) return false;
  }
  return true;
}

/** @param {string} program */
function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(path.join(folder, program)));
}

function isDebian() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID="?debian/m.test(readFileSync(file, 'utf8'));
}
