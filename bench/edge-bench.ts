// `edge`: the age of the newest picture that a viewer can fetch, over time.

import { setTimeout as delay } from 'node:timers/promises';
import type { ScoutCalls } from './edge-scout.ts';
import { edgeAge } from './edge-times.ts';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { disturbances } from './samples.ts';
import { onStage, publish } from './staged-stream.ts';
import type { SystemName } from './system-names.ts';
import { measureWindow } from './window.ts';

/** Three segments of two seconds: the age is known between two of them. */
const MIN_SECONDS = 6;
const LOAD = 'one stream, one viewer';

export const edge: Measurement = {
  name: 'edge',
  figures: [
    { name: 'meanMs', title: 'age of the newest picture, mean ms', decimals: 0 },
    { name: 'p95Ms', title: 'p95 ms', decimals: 0 },
    { name: 'changes', title: 'parts or segments', decimals: 0 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [{ figure: 'meanMs', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: false }],
  secondsOf: (scene) => scene.warmUp.viewersMs / 1000 + scene.seconds + 5,
  jobs: (scene) => [
    {
      title: LOAD,
      systems: ['sluice', 'sluice-100ms', 'nginx-rtmp'],
      run: (system) => run(system, scene),
    },
  ],
};

function run(name: SystemName, scene: Scene): Promise<readonly Taken[]> {
  return onStage(name, 1, scene, async (stage) => {
    const { system, publisher, clipFile } = stage;
    await publish(stage, 0);
    const mediaUrl = await system.mediaUrl();
    const scout = stage.start<ScoutCalls>('edge-scout.ts');
    await scout.call('watch', { mediaUrl, isLowLatency: name !== 'nginx-rtmp', clipFile });
    await delay(scene.warmUp.viewersMs);
    await scout.call('take', undefined);
    await system.takeLoopDelay?.();
    await publisher.call('takeLateness', undefined);
    const loadPids = [publisher.child.pid, scout.child.pid];
    const seconds = Math.max(scene.seconds, MIN_SECONDS);
    const window = await measureWindow({ pids: system.pids, loadPids }, seconds);
    const { events, pictures } = await scout.call('take', undefined);
    const loop = await system.takeLoopDelay?.();
    const { framesAtMs } = await publisher.call('pushes', undefined);
    const { p99Ms } = await publisher.call('takeLateness', undefined);
    const figures = {
      ...edgeAge(events, { framesAtMs, pictures }),
      changes: events.length,
      loopP99Ms: loop?.p99Ms ?? Number.NaN,
      othersPercent: window.othersPercent,
    };
    return [{ load: LOAD, figures, disturbed: disturbances({ ...window, loadLateMs: p99Ms }) }];
  });
}
