// `saturation`: answers in one second of processor time, when 32 connections ask for the same file without a pause.

import { setTimeout as delay } from 'node:timers/promises';
import type { BareCalls } from './bare-server.ts';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { startNginx } from './nginx-server.ts';
import { findNginx } from './programs.ts';
import type { FloodCalls } from './request-flood.ts';
import { type SampledFiles, sampleFiles, urlsOf } from './sampled-files.ts';
import { disturbances } from './samples.ts';
import { onStage, publish, type Stage } from './staged-stream.ts';
import type { SystemName } from './system-names.ts';
import { measureWindow } from './window.ts';
import { startWorker } from './worker.ts';

type FileKind = keyof SampledFiles;
/** A server without its ingest. */
type Served = {
  readonly url: string;
  /** Of a live stream, whose files are removed after a while. */
  readonly currentUrl?: () => Promise<string>;
  readonly pids: readonly number[];
  readonly publisherPids: readonly number[];
};

const KINDS: readonly FileKind[] = ['segment', 'part', 'playlist'];
const TITLES: Readonly<Record<FileKind, string>> = {
  segment: 'one segment',
  part: 'one part',
  playlist: 'one playlist',
};
const FILE_NAMES: Readonly<Record<FileKind, string>> = {
  segment: 'segment.m4s',
  part: 'part.m4s',
  playlist: 'index.m3u8',
};
const CONNECTIONS = 32;
/** Segments and parts are available for longer than this. */
const AIM_MS = 4_000;

export const saturation: Measurement = {
  name: 'saturation',
  figures: [
    { name: 'perCpuSecond', title: 'answers per CPU-second', decimals: 0 },
    { name: 'perSecond', title: 'answers a second', decimals: 0 },
    { name: 'gbitPerSecond', title: 'Gbit/s', decimals: 2 },
    { name: 'corePercent', title: '% of a core', decimals: 0 },
    { name: 'loadPercent', title: 'load % of a core', decimals: 0 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [
    { figure: 'perCpuSecond', of: 'sluice', to: 'nginx', isHigherBetter: true },
    { figure: 'perCpuSecond', of: 'sluice', to: 'node-http', isHigherBetter: true },
    { figure: 'perCpuSecond', of: 'sluice', to: 'node-tcp', isHigherBetter: true },
  ],
  secondsOf: (scene) => (scene.warmUp.playlistMs / 4 + scene.warmUp.requestsMs) / 1000 + scene.seconds + 3,
  jobs: (scene) =>
    KINDS.map((kind) => ({
      title: TITLES[kind],
      systems: ['sluice', 'nginx', 'node-http', 'node-tcp'],
      run: (system) => run(system, kind, scene),
    })),
};

async function run(system: SystemName, kind: FileKind, scene: Scene): Promise<readonly Taken[]> {
  if (system !== 'sluice') return floodFile(system, kind, (await sampleFiles(scene))[kind], scene);
  return onStage('sluice', 1, scene, async (stage) => {
    await publish(stage, 0);
    await delay(scene.warmUp.playlistMs);
    return floodStage(stage, kind, scene);
  });
}

/** A server that has one file. */
export async function floodFile(
  system: SystemName,
  kind: FileKind,
  body: Buffer,
  scene: Scene,
): Promise<readonly Taken[]> {
  if (system === 'nginx') {
    const program = findNginx();
    if (program === undefined) throw new Error('nginx is not installed');
    const nginx = await startNginx(program, { [FILE_NAMES[kind]]: body });
    const pids = [nginx.child.pid];
    await scene.place(pids);
    const served = { url: nginx.urlOf(FILE_NAMES[kind]), pids, publisherPids: [] };
    return flood(served, kind, scene).finally(() => nginx.child.stop());
  }
  const worker = startWorker<BareCalls>(new URL('bare-server.ts', import.meta.url));
  const pids = [worker.child.pid];
  await scene.place(pids);
  const { port } = await worker.call('listen', { kind: system === 'node-http' ? 'http' : 'tcp', body });
  const served = { url: `http://127.0.0.1:${port}/`, pids, publisherPids: [] };
  return flood(served, kind, scene).finally(() => worker.child.stop('SIGKILL'));
}

/** The gateway with a stream that is published. */
export async function floodStage(stage: Stage, kind: FileKind, scene: Scene): Promise<readonly Taken[]> {
  const mediaUrl = await stage.system.mediaUrl();
  const currentUrl = async (): Promise<string> =>
    kind === 'playlist' ? mediaUrl : (await urlsOf(mediaUrl))[kind];
  const served = {
    url: await currentUrl(),
    // A playlist's address stays.
    ...(kind === 'playlist' ? {} : { currentUrl }),
    pids: stage.system.pids,
    publisherPids: [stage.publisher.child.pid],
  };
  return flood(served, kind, scene, stage.system.takeLoopDelay);
}

async function flood(
  { url, currentUrl, pids, publisherPids }: Served,
  kind: FileKind,
  scene: Scene,
  takeLoopDelay?: () => Promise<{ readonly p99Ms: number }>,
): Promise<readonly Taken[]> {
  const load = startWorker<FloodCalls>(new URL('request-flood.ts', import.meta.url));
  const aim = async (): Promise<void> => {
    if (currentUrl !== undefined) await load.call('aim', { url: await currentUrl() });
  };
  // A failure shows in `take`, as answers other than 200.
  const timer = setInterval(() => void aim().catch(() => {}), AIM_MS);
  try {
    await load.call('flood', { url, connections: CONNECTIONS });
    await delay(scene.warmUp.requestsMs);
    await load.call('take', undefined);
    await takeLoopDelay?.();
    const watched = { pids, loadPids: [load.child.pid, ...publisherPids] };
    const window = await measureWindow(watched, scene.seconds);
    const { answers, bytes } = await load.call('take', undefined);
    const loop = await takeLoopDelay?.();
    const figures = {
      perCpuSecond: answers / (window.cpuMs / 1000),
      perSecond: answers / window.seconds,
      gbitPerSecond: (bytes * 8) / window.seconds / 1e9,
      corePercent: window.cpuMs / 10 / window.seconds,
      loadPercent: window.loadPercent,
      loopP99Ms: loop?.p99Ms ?? Number.NaN,
      othersPercent: window.othersPercent,
    };
    // A load at its limit makes the server wait, which its processor time does not count.
    const disturbed = disturbances({ ...window, loadPercent: 0, loadLateMs: 0 });
    return [{ load: TITLES[kind], figures, disturbed }];
  } finally {
    clearInterval(timer);
    await load.child.stop('SIGKILL');
  }
}
