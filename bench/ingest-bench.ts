// `ingest`: the cost of receiving and packaging N streams, while rings and windows fill and after that.

import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { GOP_S } from './media-clip.ts';
import { disturbances } from './samples.ts';
import { onStage, publish, type Stage } from './staged-stream.ts';
import type { SystemName } from './system-names.ts';
import { measureWindow, memoryMb } from './window.ts';

const ALL: readonly SystemName[] = ['sluice', 'nginx-rtmp', 'node-media-server', 'read-and-drop'];
/** One ffmpeg process for each stream: above this number it costs memory, and shows nothing new. */
const MAX_FFMPEG_STREAMS = 50;
/** Up to this number the code is compiled late. */
const FEW_STREAMS = 10;
const MIB = 1024 * 1024;

export const ingest: Measurement = {
  name: 'ingest',
  figures: [
    { name: 'cpuMs', title: 'CPU ms per stream-second', decimals: 2 },
    { name: 'corePercent', title: '% of a core', decimals: 1 },
    { name: 'mbPerStream', title: 'memory MB per stream', decimals: 1 },
    { name: 'filesMb', title: 'files MB per stream', decimals: 1 },
    { name: 'inRealTime', title: 'playlists in real time, %', decimals: 0 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'lateP99Ms', title: 'publisher late p99 ms', decimals: 0 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [
    { figure: 'cpuMs', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: false },
    { figure: 'cpuMs', of: 'sluice', to: 'ffmpeg', isHigherBetter: false },
    { figure: 'cpuMs', of: 'sluice', to: 'node-media-server', isHigherBetter: false },
    { figure: 'cpuMs', of: 'sluice', to: 'read-and-drop', isHigherBetter: false },
  ],
  secondsOf: (scene) => {
    const warmUpS = Math.max(...scene.streams.map((count) => warmUpMs(count, scene))) / 1000;
    return Math.max(scene.seconds + 2, warmUpS) + scene.seconds + 5;
  },
  jobs: (scene) =>
    scene.streams.map((count) => ({
      title: `${count} streams`,
      systems: count > MAX_FFMPEG_STREAMS ? ALL : [...ALL, 'ffmpeg'],
      run: (system) => run(system, count, scene),
    })),
};

function run(system: SystemName, count: number, scene: Scene): Promise<readonly Taken[]> {
  return onStage(system, count, scene, async (stage) => {
    const idleMb = memoryMb(stage.system.pids);
    // Starts are spread over a group of pictures, because encoders send key frames at different times.
    await publish(stage, GOP_S * 1000);
    const startedAt = performance.now();
    await delay(GOP_S * 1000);
    const filling = await phase(stage, { title: 'filling', count, idleMb, seconds: scene.seconds });
    await delay(Math.max(0, startedAt + warmUpMs(count, scene) - performance.now()));
    return [filling, await phase(stage, { title: 'steady', count, idleMb, seconds: scene.seconds })];
  });
}

function warmUpMs(count: number, { warmUp }: Scene): number {
  return count > FEW_STREAMS ? warmUp.streamsMs : warmUp.fewStreamsMs;
}

/** Only once the streams play, for the short run. */
export function ingestSteadily(system: SystemName, count: number, scene: Scene): Promise<readonly Taken[]> {
  return onStage(system, count, scene, async (stage) => {
    const idleMb = memoryMb(stage.system.pids);
    await publish(stage, scene.warmUp.streamsMs / 2);
    await delay(scene.warmUp.streamsMs);
    return [await phase(stage, { title: 'short', count, idleMb, seconds: scene.seconds })];
  });
}

async function phase(
  { system, publisher }: Stage,
  run: {
    readonly title: string;
    readonly count: number;
    readonly idleMb: number;
    readonly seconds: number;
  },
): Promise<Taken> {
  const { count, idleMb, seconds } = run;
  // While the first segment is not there yet, nothing can be counted.
  const before = await system.newestSegments().catch(() => undefined);
  await publisher.call('takeLateness', undefined);
  await system.takeLoopDelay?.();
  const loadPids = [publisher.child.pid];
  const window = await measureWindow({ pids: system.pids, loadPids }, seconds);
  const loop = await system.takeLoopDelay?.();
  const lateness = await publisher.call('takeLateness', undefined);
  const after = await system.newestSegments();
  if (lateness.lost > 0) throw new Error(`${lateness.lost} publications were closed`);
  return {
    load: `${count} streams, ${run.title}`,
    figures: {
      cpuMs: window.cpuMs / count / window.seconds,
      corePercent: window.cpuMs / 10 / window.seconds,
      mbPerStream: (window.pssMb - idleMb) / count,
      filesMb: system.filesBytes() / MIB / count,
      inRealTime: shareInRealTime(before, after, seconds),
      loopP99Ms: loop?.p99Ms ?? Number.NaN,
      lateP99Ms: lateness.p99Ms,
      othersPercent: window.othersPercent,
    },
    disturbed: disturbances({ ...window, loadLateMs: lateness.p99Ms }),
  };
}

/** One segment of tolerance, because the measurement may start anywhere between two cuts. NaN if nothing is packaged. */
export function shareInRealTime(
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
  seconds: number,
): number {
  if (before === undefined || after === undefined) return Number.NaN;
  const wanted = Math.max(0, Math.floor(seconds / GOP_S) - 1);
  const advanced = after.filter((newest, index) => newest - (before[index] ?? newest) >= wanted);
  return (100 * advanced.length) / after.length;
}
