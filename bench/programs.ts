// The programs and folders of a run.

import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { whenOver } from './clean-up.ts';

export const CHECKOUT = path.resolve(import.meta.dirname, '..');

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const RTMP_MODULES = [
  '/usr/lib/nginx/modules/ngx_rtmp_module.so',
  '/usr/lib64/nginx/modules/ngx_rtmp_module.so',
  '/usr/share/nginx/modules/ngx_rtmp_module.so',
];
/** Where peers from npm are looked for; docs/measured/bench.md has the command that installs them. */
export const PEERS_FOLDER = path.join(os.tmpdir(), 'sluice-bench-peers');
/** A file system in memory, so that ffmpeg's files need no disk. */
const MEMORY_FOLDER = '/dev/shm';

/** Named by the variable of the test run, else found on the PATH. Throws when there is none. */
export function findFfmpeg(): string {
  return required('ffmpeg', process.env['SLUICE_TEST_FFMPEG'] ?? findOnPath(['ffmpeg']));
}

/** As `findFfmpeg`. */
export function findChromium(): string {
  return required('Chromium', process.env['SLUICE_TEST_CHROMIUM'] ?? findOnPath(CHROMIUM_NAMES));
}

/** Undefined if it is not installed; nginx is optional. */
export function findNginx(): string | undefined {
  return findOnPath(['nginx'], ['/usr/sbin', '/usr/local/sbin']);
}

export type NginxRtmp = { readonly program: string; readonly module: string };

/** nginx and its RTMP module; undefined if one is not installed. */
export function findNginxRtmp(): NginxRtmp | undefined {
  const program = findNginx();
  const module = RTMP_MODULES.find((file) => existsSync(file));
  return program === undefined || module === undefined ? undefined : { program, module };
}

export type NodePackage = { readonly folder: string; readonly version: string };

/** The package node-media-server in a folder for `npm install --prefix`; undefined if it is not there. */
export function findNodeMediaServer(prefix = PEERS_FOLDER): NodePackage | undefined {
  const folder = path.join(prefix, 'node_modules/node-media-server');
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return { folder, version: String(version) };
  } catch {
    return undefined;
  }
}

/** taskset of util-linux; undefined if it is not installed. */
export function findTaskset(): string | undefined {
  return findOnPath(['taskset']);
}

/** A new folder, in memory if possible; removed after the run. */
export function makeMemoryFolder(): string {
  const parent = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : os.tmpdir();
  const folder = mkdtempSync(path.join(parent, 'sluice-bench-'));
  whenOver(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port that was just free, for programs that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** The machine in one line, for under a table. */
export function describeMachine(): string {
  const cpus = os.cpus();
  const model = cpus[0]?.model.trim() ?? 'unknown processor';
  // Without the build, which names one machine.
  const kernel = os.release().split('.').slice(0, 2).join('.');
  const memoryGb = Math.round(os.totalmem() / 1024 ** 3);
  return `${cpus.length} × ${model}, ${memoryGb} GB, Linux ${kernel}, Node ${process.versions.node}`;
}

function findOnPath(names: readonly string[], more: readonly string[] = []): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...more];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function required(name: string, file: string | undefined): string {
  if (file !== undefined) return file;
  throw new Error(`${name} is needed and not on the PATH; \`npm test\` installs it where it may`);
}
