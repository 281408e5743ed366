// `viewers` and `ll-viewers`: the cost of N viewers of one stream without that of the stream, their stalls, and how late they
// get a playlist.

import { setTimeout as delay } from 'node:timers/promises';
import type { BareCalls } from './bare-server.ts';
import type { ScoutCalls } from './edge-scout.ts';
import { playlistDelaysMs } from './edge-times.ts';
import type { Figure, Measurement, Scene, Taken } from './measurement.ts';
import { startNginx } from './nginx-server.ts';
import { findNginx } from './programs.ts';
import { type SampledFiles, sampleFiles } from './sampled-files.ts';
import { disturbances } from './samples.ts';
import { onStage, publish, type Stage } from './staged-stream.ts';
import { percentile } from './statistics.ts';
import type { SystemName } from './system-names.ts';
import type { ViewersCalls, ViewersReport } from './viewers.ts';
import { measureWindow, memoryMb, type Window } from './window.ts';
import { startWorker, type Worker } from './worker.ts';

/** Half a target duration, which is how often RFC 8216bis clause 6.3.4 lets a client ask for an unchanged playlist. */
const POLL_MS = 1_000;
/** The default part target. */
const PART_MS = 200;
/** A quarter of a part: a viewer holds one part back. */
const MAX_LATE_MS = PART_MS / 4;
/** How many viewers also watch a signed stream. */
const SIGNED_VIEWERS = 1_000;
const KIB_PER_MIB = 1024;

const FIGURES: readonly Figure[] = [
  { name: 'cpuUs', title: 'CPU µs per viewer-second', decimals: 0 },
  { name: 'corePercent', title: '% of a core', decimals: 1 },
  { name: 'stalls', title: 'stalls', decimals: 0, shows: 'max', needsPunctualLoad: true },
  { name: 'errors', title: 'errors', decimals: 0, shows: 'max', needsPunctualLoad: true },
  { name: 'mbitPerSecond', title: 'Mbit/s', decimals: 0 },
  { name: 'playlistP99Ms', title: 'playlist request p99 ms', decimals: 1, needsPunctualLoad: true },
  { name: 'mediaP99Ms', title: 'media request p99 ms', decimals: 1, needsPunctualLoad: true },
];
const LAST_FIGURES: readonly Figure[] = [
  { name: 'kbPerViewer', title: 'memory KB per viewer', decimals: 0 },
  { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
  { name: 'viewersLateMs', title: 'load late p99 ms', decimals: 0 },
  { name: 'loadPercent', title: 'load % of a core', decimals: 0 },
  { name: 'othersPercent', title: 'others %', decimals: 0 },
];

export const viewers: Measurement = {
  name: 'viewers',
  figures: [...FIGURES, ...LAST_FIGURES],
  comparisons: [{ figure: 'cpuUs', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: false }],
  secondsOf,
  jobs: (scene) =>
    scene.viewers.map((count) => ({
      title: `${count} viewers`,
      systems: ['sluice', 'nginx-rtmp'],
      run: (system) => watchStream({ system, count, isLowLatency: false }, scene),
    })),
};

export const lowLatencyViewers: Measurement = {
  name: 'll-viewers',
  figures: [
    ...FIGURES,
    {
      name: 'afterPartP99Ms',
      title: 'playlist p99 ms after the part',
      decimals: 1,
      needsPunctualLoad: true,
    },
    ...LAST_FIGURES,
  ],
  comparisons: [
    { figure: 'cpuUs', of: 'sluice', to: 'nginx', isHigherBetter: false },
    { figure: 'cpuUs', of: 'sluice', to: 'node-tcp', isHigherBetter: false },
    { figure: 'cpuUs', of: 'sluice-signed', to: 'sluice', isHigherBetter: false },
  ],
  secondsOf,
  jobs: (scene) =>
    scene.viewers.map((count) => ({
      title: `${count} viewers`,
      systems: [
        'sluice',
        'nginx',
        'node-tcp',
        ...(count === SIGNED_VIEWERS ? (['sluice-signed'] as const) : []),
      ],
      run: async (system) => {
        if (system === 'nginx') return fetchFiles(await sampleFiles(scene), count, scene);
        if (system === 'node-tcp') return fetchFromNode(await sampleFiles(scene), count, scene);
        return watchStream({ system, count, isLowLatency: true }, scene);
      },
    })),
};

function secondsOf({ warmUp, seconds }: Scene): number {
  return (warmUp.playlistMs + warmUp.viewersMs) / 1000 + 1.5 * seconds + 4;
}

type Run = { readonly system: SystemName; readonly count: number; readonly isLowLatency: boolean };

function watchStream(run: Run, scene: Scene): Promise<readonly Taken[]> {
  return onStage(run.system, 1, scene, async (stage) => {
    await publish(stage, 0);
    await delay(scene.warmUp.playlistMs);
    return watchOn(stage, run, scene);
  });
}

/** Viewers of a stream that is published. They leave afterwards. */
export async function watchOn(
  stage: Stage,
  { count, isLowLatency }: Omit<Run, 'system'>,
  scene: Scene,
): Promise<readonly Taken[]> {
  const { system, publisher } = stage;
  const mediaUrl = await system.mediaUrl();
  const audience = startWorker<ViewersCalls>(new URL('viewers.ts', import.meta.url));
  const scout = isLowLatency ? await startScout(stage, mediaUrl) : undefined;
  try {
    const loadPids = [publisher.child.pid];
    const idle = await measureWindow({ pids: system.pids, loadPids }, scene.seconds / 2);
    if (isLowLatency) await audience.call('follow', { mediaUrl, viewers: count });
    else await audience.call('poll', { mediaUrl, viewers: count, intervalMs: POLL_MS });
    await delay(scene.warmUp.viewersMs);
    await audience.call('take', undefined);
    await scout?.call('take', undefined);
    await system.takeLoopDelay?.();
    const watched = { pids: system.pids, loadPids: [...loadPids, audience.child.pid] };
    const window = await measureWindow(watched, scene.seconds);
    const loop = await system.takeLoopDelay?.();
    const report = await audience.call('take', undefined);
    const found = await scout?.call('take', undefined);
    const { framesAtMs } = await publisher.call('pushes', undefined);
    const delays =
      found === undefined
        ? []
        : playlistDelaysMs(report.arrivals, found.events, { framesAtMs, pictures: found.pictures });
    return [
      takenFrom(
        { count, isLowLatency, window, report, idleCpuMs: idle.cpuMs / idle.seconds, idleMb: idle.pssMb },
        {
          loopP99Ms: loop?.p99Ms ?? Number.NaN,
          afterPartP99Ms: percentile(delays, 0.99),
        },
      ),
    ];
  } finally {
    await audience.child.stop('SIGKILL');
    await scout?.child.stop('SIGKILL');
  }
}

async function startScout({ clipFile }: Stage, mediaUrl: string): Promise<Worker<ScoutCalls>> {
  const scout = startWorker<ScoutCalls>(new URL('edge-scout.ts', import.meta.url));
  await scout.call('watch', { mediaUrl, isLowLatency: true, clipFile });
  return scout;
}

/** The same bytes at the same rate, from files that do not change: it holds no request and packages nothing. */
export async function fetchFiles(
  { playlist, part }: SampledFiles,
  count: number,
  scene: Scene,
): Promise<readonly Taken[]> {
  const program = findNginx();
  if (program === undefined) throw new Error('nginx is not installed');
  const nginx = await startNginx(program, { 'index.m3u8': playlist, 'part.m4s': part });
  const urls = { playlistUrl: nginx.urlOf('index.m3u8'), mediaUrl: nginx.urlOf('part.m4s') };
  return repeat(urls, nginx.child.pid, count, scene).finally(() => nginx.child.stop());
}

/** The least that a Node program does for these answers. */
async function fetchFromNode(
  { playlist, part }: SampledFiles,
  count: number,
  scene: Scene,
): Promise<readonly Taken[]> {
  const worker = startWorker<BareCalls>(new URL('bare-server.ts', import.meta.url));
  const urlOf = async (body: Buffer, file: string): Promise<string> =>
    `http://127.0.0.1:${(await worker.call('listen', { kind: 'tcp', body })).port}/${file}`;
  const urls = {
    playlistUrl: await urlOf(playlist, 'index.m3u8'),
    mediaUrl: await urlOf(part, 'part.m4s'),
  };
  return repeat(urls, worker.child.pid, count, scene).finally(() => worker.child.stop('SIGKILL'));
}

/** Every viewer requests the same two files in the time of each part. */
async function repeat(
  urls: { readonly playlistUrl: string; readonly mediaUrl: string },
  pid: number,
  count: number,
  scene: Scene,
): Promise<readonly Taken[]> {
  await scene.place([pid]);
  const idleMb = memoryMb([pid]);
  const audience = startWorker<ViewersCalls>(new URL('viewers.ts', import.meta.url));
  try {
    await audience.call('repeat', { ...urls, viewers: count, intervalMs: PART_MS });
    await delay(scene.warmUp.viewersMs);
    await audience.call('take', undefined);
    const watched = { pids: [pid], loadPids: [audience.child.pid] };
    const window = await measureWindow(watched, scene.seconds);
    const report = await audience.call('take', undefined);
    const run = { count, isLowLatency: true, window, report, idleCpuMs: 0, idleMb };
    return [takenFrom(run, {})];
  } finally {
    await audience.child.stop('SIGKILL');
  }
}

function takenFrom(
  run: {
    readonly count: number;
    readonly isLowLatency: boolean;
    readonly window: Window;
    readonly report: ViewersReport;
    /** A second, and memory, of the same server without viewers. */
    readonly idleCpuMs: number;
    readonly idleMb: number;
  },
  more: Readonly<Record<string, number>>,
): Taken {
  const { count, window, report } = run;
  const cpuMs = window.cpuMs / window.seconds - run.idleCpuMs;
  return {
    load: `${count} viewers`,
    figures: {
      cpuUs: (cpuMs * 1000) / count,
      corePercent: window.cpuMs / 10 / window.seconds,
      stalls: report.stalls,
      errors: report.errors,
      mbitPerSecond: (report.bytes * 8) / window.seconds / 1e6,
      playlistP99Ms: report.playlists.p99Ms,
      mediaP99Ms: report.media.p99Ms,
      kbPerViewer: ((window.pssMb - run.idleMb) * KIB_PER_MIB) / count,
      viewersLateMs: report.lateP99Ms,
      loadPercent: window.loadPercent,
      othersPercent: window.othersPercent,
      ...more,
    },
    disturbed: disturbances({
      ...window,
      loadLateMs: report.lateP99Ms,
      ...(run.isLowLatency ? { maxLoadLateMs: MAX_LATE_MS } : {}),
    }),
  };
}
