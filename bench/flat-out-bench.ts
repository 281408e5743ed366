// `flat-out`: media that a server receives and packages in one second of processor time, from publishers that do not wait for the clock.

import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { disturbances } from './samples.ts';
import { onStage } from './staged-stream.ts';
import type { SystemName } from './system-names.ts';
import { measureWindow } from './window.ts';

const PUBLISHERS = [1, 4];
const SYSTEMS: readonly SystemName[] = [
  'sluice',
  'nginx-rtmp',
  'ffmpeg',
  'node-media-server',
  'read-and-drop',
];

export const flatOut: Measurement = {
  name: 'flat-out',
  figures: [
    { name: 'mbitPerCpuSecond', title: 'Mbit per CPU-second', decimals: 0 },
    { name: 'mbitPerSecond', title: 'Mbit/s', decimals: 0 },
    { name: 'corePercent', title: '% of a core', decimals: 0 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [
    { figure: 'mbitPerCpuSecond', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: true },
    { figure: 'mbitPerCpuSecond', of: 'sluice', to: 'ffmpeg', isHigherBetter: true },
    { figure: 'mbitPerCpuSecond', of: 'sluice', to: 'node-media-server', isHigherBetter: true },
    { figure: 'mbitPerCpuSecond', of: 'sluice', to: 'read-and-drop', isHigherBetter: true },
  ],
  secondsOf: (scene) => scene.warmUp.requestsMs / 1000 + scene.seconds + 4,
  jobs: (scene) =>
    PUBLISHERS.map((count) => ({
      title: `${count} publishers`,
      systems: SYSTEMS,
      run: (system) => run(system, count, scene),
    })),
};

function run(name: SystemName, count: number, scene: Scene): Promise<readonly Taken[]> {
  return onStage(name, count, scene, async ({ system, publisher, clipFile }) => {
    await publisher.call('flood', { clipFile, targets: system.targets });
    await delay(scene.warmUp.requestsMs);
    await system.takeLoopDelay?.();
    const before = await publisher.call('floodedBytes', undefined);
    const window = await measureWindow({ pids: system.pids, loadPids: [publisher.child.pid] }, scene.seconds);
    const mbit = (((await publisher.call('floodedBytes', undefined)) - before) * 8) / 1e6;
    const loop = await system.takeLoopDelay?.();
    const { lost } = await publisher.call('takeLateness', undefined);
    if (lost > 0) throw new Error(`${lost} publications were closed`);
    const figures = {
      mbitPerCpuSecond: mbit / (window.cpuMs / 1000),
      mbitPerSecond: mbit / window.seconds,
      corePercent: window.cpuMs / 10 / window.seconds,
      loopP99Ms: loop?.p99Ms ?? Number.NaN,
      othersPercent: window.othersPercent,
    };
    // The publisher may use a whole processor: it only has to be faster than the server, which its processor time shows.
    const disturbed = disturbances({ ...window, loadPercent: 0, loadLateMs: 0 });
    return [{ load: `${count} publishers`, figures, disturbed }];
  });
}
