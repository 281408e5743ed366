// The programs of the end-to-end tests: ffmpeg, ffprobe and Chromium. Found on the machine, or installed on Debian as root.
// Elsewhere the command to install them is printed.
import fs from 'node:fs';
import path from 'node:path';
import { runCommand, ScriptError, say } from './run-command.mjs';

const DEBIAN_PACKAGES = ['ffmpeg', 'chromium', 'fonts-dejavu-core'];
/** Another apt (unattended upgrades) may hold the lock for a while. */
const APT_LOCK_TIMEOUT_S = 300;

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const CHROMIUM_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Finds the test programs, and installs them if possible.
 * @returns {Promise<Record<string, string>>} environment variables that name them, for the test run
 */
export async function findTestTools() {
  let tools = lookUpTools();
  if (tools.missing.length > 0 && canInstall()) {
    await installTools(tools.missing);
    tools = lookUpTools();
  }
  if (tools.missing.length > 0) {
    throw new ScriptError(
      `the end-to-end tests need ${tools.missing.join(' and ')}. Run this once, then npm test again:\n\n  ${installCommand()}\n\n` +
        'Or set SLUICE_TEST_FFMPEG (with ffprobe beside it) and SLUICE_TEST_CHROMIUM.',
    );
  }
  return tools.env;
}

/** @returns {{env: Record<string, string>, missing: string[]}} */
function lookUpTools() {
  const ffmpeg = process.env.SLUICE_TEST_FFMPEG ?? findOnPath(['ffmpeg']);
  const ffprobe =
    process.env.SLUICE_TEST_FFMPEG === undefined
      ? findOnPath(['ffprobe'])
      : besideFfmpeg(process.env.SLUICE_TEST_FFMPEG);
  const chromium =
    process.env.SLUICE_TEST_CHROMIUM ??
    findOnPath(CHROMIUM_NAMES) ??
    CHROMIUM_APPS.find((file) => isProgram(file));
  const found = { SLUICE_TEST_FFMPEG: ffmpeg, SLUICE_TEST_FFPROBE: ffprobe, SLUICE_TEST_CHROMIUM: chromium };
  /** @type {Record<string, string>} */
  const env = {};
  const missing = [];
  for (const [name, file] of Object.entries(found)) {
    if (file !== undefined && isProgram(file)) env[name] = file;
    else missing.push(file === undefined ? toolName(name) : `${toolName(name)} (there is none at ${file})`);
  }
  return { env, missing };
}

/** @param {string} variable */
function toolName(variable) {
  const name = variable.replace('SLUICE_TEST_', '').toLowerCase();
  return name === 'chromium' ? 'Chromium' : name;
}

/** @param {string} ffmpeg */
function besideFfmpeg(ffmpeg) {
  return path.join(path.dirname(ffmpeg), path.basename(ffmpeg).replace('ffmpeg', 'ffprobe'));
}

/** @param {readonly string[]} names */
function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name + suffix))).find(isProgram);
}

/** @param {string} file */
function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function canInstall() {
  const isRoot = process.getuid?.() === 0;
  return isRoot && distribution().id === 'debian' && findOnPath(['apt-get']) !== undefined;
}

/** @param {readonly string[]} missing */
async function installTools(missing) {
  say(`installing ${missing.join(', ')} with apt-get (once, needs the network)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { cwd: '/', env };
  const lock = ['-q', '-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_S}`];
  // An incomplete package list may be sufficient; the install below decides.
  await runCommand('apt-get', [...lock, 'update'], options);
  const code = await runCommand(
    'apt-get',
    [...lock, 'install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES],
    options,
  );
  if (code !== 0)
    throw new ScriptError(`apt-get install ${DEBIAN_PACKAGES.join(' ')} ended with ${code}; see above`);
}

function installCommand() {
  if (process.platform === 'darwin') return 'brew install ffmpeg && brew install --cask google-chrome';
  if (process.platform === 'win32') return 'winget install Gyan.FFmpeg && winget install Google.Chrome';
  const { id, like } = distribution();
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  if (id === 'ubuntu')
    return `${sudo}apt-get install -y ffmpeg fonts-dejavu-core && ${sudo}snap install chromium`;
  if (id === 'alpine') return `${sudo}apk add ffmpeg chromium font-dejavu`;
  if (id === 'arch') return `${sudo}pacman -S --needed ffmpeg chromium ttf-dejavu`;
  if (id === 'fedora') return `${sudo}dnf install -y ffmpeg-free chromium dejavu-sans-fonts`;
  if (id === 'debian' || like.includes('debian')) {
    return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${DEBIAN_PACKAGES.join(' ')}`;
  }
  return 'your package manager to install ffmpeg (with libx264), ffprobe and chromium';
}

/** The distribution, from os-release(5). */
function distribution() {
  const file = '/etc/os-release';
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const field = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), like: field('ID_LIKE') };
}
