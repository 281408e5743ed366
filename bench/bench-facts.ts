// What a report says about its conditions: the machine, versions, the commit, and peers that are not installed.

import type { BenchOptions } from './bench-options.ts';
import type { RunFacts } from './bench-record.ts';
import { runToEnd, startChild } from './child-process.ts';
import {
  CHECKOUT,
  describeMachine,
  findChromium,
  findFfmpeg,
  findNginx,
  findNginxRtmp,
  findNodeMediaServer,
  PEERS_FOLDER,
} from './programs.ts';
import type { SystemName } from './system-names.ts';

const TIMEOUT_MS = 20_000;
/** What changes the figures. A commit of documents does not. */
const MEASURED = ['server', 'web', 'bench', 'package-lock.json'];

export async function collectFacts(
  options: BenchOptions,
  command: string,
  isPinned: boolean,
): Promise<RunFacts> {
  const commit = await runToEnd('git', ['log', '-1', '--format=%h', '--', ...MEASURED], {
    timeoutMs: TIMEOUT_MS,
    cwd: CHECKOUT,
  }).catch(() => undefined);
  return {
    date: new Date().toISOString().slice(0, 10),
    ...(commit === undefined ? {} : { commit: commit.trim() }),
    machine: describeMachine(),
    versions: await versions(options),
    command,
    rounds: options.rounds,
    seconds: options.seconds,
    warmUpSeconds: options.warmUpSeconds,
    isPinned,
    leftOut: leftOut(options),
  };
}

/** Whether a system is wanted and installed. */
export function availability({ systems, peersFolder }: BenchOptions): (system: SystemName) => boolean {
  return (system) => {
    if (systems !== undefined && !systems.includes(system)) return false;
    if (system === 'nginx') return findNginx() !== undefined;
    if (system === 'nginx-rtmp') return findNginxRtmp() !== undefined;
    return system !== 'node-media-server' || findNodeMediaServer(peersFolder) !== undefined;
  };
}

async function versions({ peersFolder }: BenchOptions): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  found['ffmpeg'] = firstNumber(await runToEnd(findFfmpeg(), ['-version'], { timeoutMs: TIMEOUT_MS }));
  const nginx = findNginx();
  if (nginx !== undefined) found['nginx'] = firstNumber(await stderrOf(nginx, ['-v']));
  const npm = findNodeMediaServer(peersFolder);
  if (npm !== undefined) found['node-media-server'] = npm.version;
  const chromium = await Promise.resolve()
    .then(() => runToEnd(findChromium(), ['--version'], { timeoutMs: TIMEOUT_MS }))
    .catch(() => undefined);
  if (chromium !== undefined) found['Chromium'] = firstNumber(chromium);
  return found;
}

/** nginx writes its version to stderr. */
async function stderrOf(program: string, args: readonly string[]): Promise<string> {
  const child = await startChild(program, args);
  await new Promise((resolve) => child.process.once('close', resolve));
  return child.stderr();
}

function firstNumber(text: string): string {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? text.trim();
}

function leftOut({ peersFolder = PEERS_FOLDER }: BenchOptions): readonly string[] {
  const reasons: string[] = [];
  if (findNginx() === undefined) reasons.push('nginx is not installed (`apt-get install nginx`)');
  else if (findNginxRtmp() === undefined) {
    reasons.push('the RTMP module of nginx is not installed (`apt-get install libnginx-mod-rtmp`)');
  }
  if (findNodeMediaServer(peersFolder) === undefined) {
    const install = `npm install --prefix ${peersFolder} node-media-server@4.4.3`;
    reasons.push(`node-media-server is not installed (\`${install}\`)`);
  }
  return reasons;
}
