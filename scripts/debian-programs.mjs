// Programs for long tests: found on the PATH, or installed on Debian as root. Elsewhere the command to install them is
// printed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './prepare.mjs';
import { runCommand, ScriptError, say } from './run-command.mjs';

/** Another apt (unattended upgrades) may hold the lock for a while. */
const APT_LOCK_TIMEOUT_S = 300;

/**
 * @typedef {object} WantedPrograms
 * @property {string} what start of the message about missing programs: `the encoders are not all here (…)`
 * @property {string} command to run again afterwards
 * @property {Readonly<Record<string, string>>} programs names on the PATH, by Debian package
 * @property {readonly string[]} plugins packages that those programs load at run time
 * @property {readonly string[]} elements GStreamer elements that show that the plugins are there
 */

/**
 * Resolves when everything is installed. Throws a ScriptError with the command to run if it is not.
 * @param {WantedPrograms} wanted
 */
export async function findPrograms(wanted) {
  if (await hasAll(wanted)) return;
  const packages = [...Object.keys(wanted.programs), ...wanted.plugins];
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (process.getuid?.() === 0 && isDebian()) {
    say(`installing ${packages.join(', ')} with apt-get (once, needs the network)`);
    const options = { cwd: '/', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const lock = ['-q', '-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_S}`];
    // An incomplete package list may be sufficient; the install decides.
    await runCommand('apt-get', [...lock, 'update'], options);
    await runCommand('apt-get', [...lock, ...install], options);
    if (await hasAll(wanted)) return;
  }
  throw new ScriptError(
    `${wanted.what}. On Debian, run this once as root, then ${wanted.command} again:\n\n  apt-get update && apt-get ${install.join(' ')}`,
  );
}

/** @param {WantedPrograms} wanted */
async function hasAll({ programs, elements }) {
  if (!Object.values(programs).every(isOnPath)) return false;
  for (const element of elements) {
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
