// Prepares a checkout: checks the Node version, installs the locked dependencies, builds. It runs before anything is
// installed, so it uses only Node's modules, and syntax that old Node versions can parse, so that they can print that they are
// too old.
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressAssets } from './compress-assets.mjs';
import { withPrepareLock } from './prepare-lock.mjs';
import { runCommand, runNpm, ScriptError, say } from './run-command.mjs';

/** The folder of the checkout. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const MAIN_FILE = path.join(ROOT, 'dist/server/main.js');

const DIST = path.join(ROOT, 'dist');
const LOCK_FILE = path.join(DIST, '.prepare.lock');
const STAMP_FILE = path.join(DIST, '.build-stamp');
/** In the names of folders whose output is not complete. */
const NEXT = '.next-';
/** Longer than any build. */
const ABANDONED_AFTER_MS = 3_600_000;
/** Modules for programs of others, in folders of their own. */
const CLIENTS = [
  { module: 'sluice/embed', config: 'web/host/tsconfig.json', folder: 'embed' },
  { module: 'sluice/live', config: 'web/live/tsconfig.build.json', folder: 'live' },
];
/** Inputs of the build; a change in any of these makes dist stale. */
const BUILD_INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'server',
  'web',
  'scripts/prepare.mjs',
  'scripts/bundle.mjs',
  'scripts/compress-assets.mjs',
];

/**
 * Installs and builds what is missing or stale. Does not write to a checkout that is ready.
 * @param {{force?: boolean}} [options] `force` builds even when dist is fresh
 */
export async function prepare(options) {
  requireNode();
  const force = options !== undefined && options.force === true;
  if (!force && isInstalled() && isBuilt()) return;
  const onWait = () => say('another process is preparing this checkout; waiting for it');
  const work = async (/** @type {() => boolean} */ isHeld) => {
    if (!isInstalled()) await install();
    return (!force && isBuilt()) || build(isHeld);
  };
  while (!(await withPrepareLock(LOCK_FILE, onWait, work))) {
    say('another process has taken over; what was built is not used');
  }
}

/** Throws a sentence when this Node is older than package.json's `engines` asks for. */
function requireNode() {
  const wanted = readJson(path.join(ROOT, 'package.json')).engines.node.replace('>=', '');
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new ScriptError(
    `Sluice needs Node ${wanted} or newer, and this is Node ${process.versions.node}. Get a current one from https://nodejs.org`,
  );
}

/**
 * Whether node_modules matches package-lock.json. npm writes node_modules/.package-lock.json last, so an aborted install and an
 * older lock both differ from it.
 */
function isInstalled() {
  const installedFile = path.join(ROOT, 'node_modules/.package-lock.json');
  if (!fs.existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  const locked = readJson(path.join(ROOT, 'package-lock.json')).packages;
  return Object.entries(locked).every(([where, wanted]) => {
    if (where === '') return true;
    const found = installed[where];
    if (found === undefined) return wanted.optional === true && !isForThisMachine(wanted);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * Whether an optional package must be installed: one for this platform. Packages for one C library are not checked, because
 * Node does not report which one it uses.
 * @param {{os?: string[], cpu?: string[], libc?: string[]}} entry
 */
function isForThisMachine(entry) {
  if (entry.os === undefined || entry.cpu === undefined || entry.libc !== undefined) return false;
  return entry.os.includes(process.platform) && entry.cpu.includes(process.arch);
}

async function install() {
  say('installing the locked dependencies (once, needs the network)');
  // The build needs the development dependencies, whatever NODE_ENV says.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await runNpm(args, { cwd: ROOT });
  if (code !== 0) throw new ScriptError(`npm ci ended with ${code}; its messages are above`);
}

function isBuilt() {
  const folders = ['web', ...CLIENTS.map(({ folder }) => folder)];
  const hasOutput =
    fs.existsSync(MAIN_FILE) && folders.every((folder) => fs.existsSync(path.join(DIST, folder)));
  return hasOutput && fs.existsSync(STAMP_FILE) && fs.readFileSync(STAMP_FILE, 'utf8') === hashInputs();
}

/**
 * Compiles server, web and the modules for other sites into new folders of this process, and replaces the old output only if all succeed.
 * @param {() => boolean} isHeld whether this process may replace it
 * @returns {Promise<boolean>} whether it was replaced
 */
async function build(isHeld) {
  const startedAt = Date.now();
  const stamp = hashInputs();
  say('building server and web');
  removeAbandoned();
  const suffix = `${NEXT}${randomUUID()}`;
  const next = (/** @type {string} */ folder) => path.join(DIST, `${folder}${suffix}`);
  const folders = ['server', 'web', ...CLIENTS.map(({ folder }) => folder)];
  const discard = () => {
    for (const folder of folders) fs.rmSync(next(folder), { recursive: true, force: true });
  };
  const env = { ...process.env, NODE_ENV: 'production' };
  const run = (/** @type {string} */ file, /** @type {string[]} */ args) =>
    runCommand(process.execPath, [path.join(ROOT, file), ...args], { cwd: ROOT, env });
  const compile = (
    /** @type {string} */ config,
    /** @type {string} */ folder,
    /** @type {string[]} */ ...more
  ) => run('node_modules/typescript/bin/tsc', ['-p', config, '--outDir', next(folder), ...more]);
  const pages = ['--config', 'web/vite.config.ts', '--outDir', next('web'), '--emptyOutDir'];
  const [tscCode, bundleCode, viteCode, ...clientCodes] = await Promise.all([
    // The types of the library; the code is in the bundle.
    compile('server/tsconfig.json', 'server', '--emitDeclarationOnly'),
    run('scripts/bundle.mjs', [next('server')]),
    run('node_modules/vite/bin/vite.js', ['build', ...pages, '--logLevel', 'warn']),
    ...CLIENTS.map(({ config, folder }) => compile(config, folder)),
  ]);
  const faults = [
    tscCode === 0 ? '' : `the server does not compile (tsc: ${tscCode})`,
    bundleCode === 0 ? '' : `the server cannot be bundled (scripts/bundle.mjs: ${bundleCode})`,
    viteCode === 0 ? '' : `the pages do not build (vite: ${viteCode})`,
    ...CLIENTS.map(({ module }, at) =>
      clientCodes[at] === 0 ? '' : `the client ${module} does not compile (tsc: ${clientCodes[at]})`,
    ),
  ].filter((fault) => fault !== '');
  if (faults.length > 0) {
    discard();
    throw new ScriptError(`${faults.join(', and ')}; see above`);
  }
  await compressAssets(path.join(next('web'), 'assets'));
  if (!isHeld()) {
    discard();
    return false;
  }
  fs.rmSync(STAMP_FILE, { force: true });
  for (const folder of folders) swapIn(next(folder), path.join(DIST, folder));
  fs.writeFileSync(STAMP_FILE, stamp);
  say(`built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return true;
}

/** Folders of builds that were killed. */
function removeAbandoned() {
  const oldest = Date.now() - ABANDONED_AFTER_MS;
  for (const name of fs.readdirSync(DIST).filter((each) => each.includes(NEXT))) {
    const folder = path.join(DIST, name);
    if (fs.statSync(folder).mtimeMs < oldest) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Two renames, so that files of a running gateway are missing only for a moment.
 * @param {string} next
 * @param {string} target
 */
function swapIn(next, target) {
  const old = `${target}.old`;
  fs.rmSync(old, { recursive: true, force: true });
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(next, target);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Hash over names and contents of the build's inputs; not over mtimes, which git changes. */
function hashInputs() {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS) {
    for (const file of listFiles(path.join(ROOT, input))) {
      hash.update(`${path.relative(ROOT, file)}\0`);
      hash.update(fs.readFileSync(file));
    }
  }
  return hash.digest('hex');
}

/**
 * Files at or below a path, sorted, without hidden ones.
 * @param {string} at
 * @returns {string[]}
 */
function listFiles(at) {
  if (!fs.existsSync(at)) return [];
  if (!fs.statSync(at).isDirectory()) return [at];
  const names = fs.readdirSync(at).sort();
  return names.filter((name) => !name.startsWith('.')).flatMap((name) => listFiles(path.join(at, name)));
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
