// `start`: from the start of the process until it listens, processor time and memory at rest, and from the publisher's connection
// until media can be played.

import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from './child-process.ts';
import { defaultsOnly, gatewayArgs } from './gateway.ts';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { startNginxRtmp } from './nginx-rtmp-server.ts';
import { startNodeMediaServer } from './node-media-server.ts';
import { parsePlaylistEdge } from './playlist-edge.ts';
import { untilListening } from './process-usage.ts';
import { findNginxRtmp, findNodeMediaServer, freePort } from './programs.ts';
import { disturbances } from './samples.ts';
import { onStage, publish } from './staged-stream.ts';
import type { System } from './system.ts';
import type { SystemName } from './system-names.ts';
import { measureWindow } from './window.ts';

const LISTENING = 'process to listening';
const PLAYABLE = 'publish to first playable';
/** Until the garbage of the start is collected. */
const REST_MS = 3_000;
const IDLE_SECONDS = 3;
const POLL_MS = 10;

export const start: Measurement = {
  name: 'start',
  usesAllProcessors: true,
  figures: [
    { name: 'ms', title: 'ms', decimals: 0 },
    { name: 'firstAnswerMs', title: 'first answer ms', decimals: 0 },
    { name: 'idleMb', title: 'idle memory MB', decimals: 1 },
    { name: 'idlePercent', title: 'idle, % of a core', decimals: 1 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [
    { figure: 'ms', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: false },
    { figure: 'ms', of: 'sluice', to: 'node-media-server', isHigherBetter: false },
    { figure: 'ms', of: 'sluice', to: 'ffmpeg', isHigherBetter: false },
    { figure: 'ms', of: 'sluice', to: 'bare-node', isHigherBetter: false },
  ],
  secondsOf: () => 7,
  jobs: (scene) => [
    {
      title: LISTENING,
      systems: ['sluice', 'nginx-rtmp', 'node-media-server', 'bare-node'],
      run: (system) => listening(system, scene),
    },
    {
      title: PLAYABLE,
      systems: ['sluice', 'nginx-rtmp', 'ffmpeg'],
      run: (system) => playable(system, scene),
    },
  ],
};

/** Only the time, without what the process uses at rest. */
export async function timeToListen(system: SystemName, scene: Scene): Promise<readonly Taken[]> {
  const { child, listeningMs } = await startProcess(system, scene);
  await child.stop();
  return [{ load: LISTENING, figures: { ms: listeningMs }, disturbed: [] }];
}

async function listening(system: SystemName, scene: Scene): Promise<readonly Taken[]> {
  const { child, listeningMs, firstAnswerMs = Number.NaN } = await startProcess(system, scene, true);
  try {
    await delay(REST_MS);
    const window = await measureWindow({ pids: [child.pid], loadPids: [] }, IDLE_SECONDS);
    const figures = {
      ms: listeningMs,
      firstAnswerMs,
      idleMb: window.pssMb,
      idlePercent: window.cpuMs / 10 / window.seconds,
      othersPercent: window.othersPercent,
    };
    return [{ load: LISTENING, figures, disturbed: disturbances({ ...window, loadLateMs: 0 }) }];
  } finally {
    await child.stop();
  }
}

async function startProcess(
  system: SystemName,
  scene: Scene,
  asks = false,
): Promise<{ readonly child: Child; readonly listeningMs: number; readonly firstAnswerMs?: number }> {
  const nginx = findNginxRtmp();
  if (system === 'nginx-rtmp' && nginx !== undefined) return startNginxRtmp(nginx);
  const npm = findNodeMediaServer(scene.peersFolder);
  if (system === 'node-media-server' && npm !== undefined) return startNodeMediaServer(npm.folder);
  const [rtmpPort, httpPort] = [await freePort(), await freePort()];
  const args = system === 'sluice' ? gatewayArgs({ rtmpPort, httpPort }) : bareArgs([rtmpPort, httpPort]);
  const options = defaultsOnly();
  const startedAt = performance.now();
  const child = await startChild(process.execPath, args, options);
  await untilListening(child, [rtmpPort, httpPort]);
  const listeningMs = performance.now() - startedAt;
  if (system !== 'sluice' || !asks) return { child, listeningMs };
  // The gateway listens before it is loaded, and answers after that.
  await (await fetch(`http://127.0.0.1:${httpPort}/live/nobody/index.m3u8`)).arrayBuffer();
  return { child, listeningMs, firstAnswerMs: performance.now() - startedAt };
}

/** A program that listens on two ports and does nothing else. */
function bareArgs([tcpPort, httpPort]: readonly [number, number]): readonly string[] {
  const program = `import { createServer } from 'node:http';
    import { createServer as createTcpServer } from 'node:net';
    createTcpServer().listen(${tcpPort}, '127.0.0.1');
    createServer().listen(${httpPort}, '127.0.0.1');`;
  return ['--input-type=module', '--eval', program];
}

function playable(name: SystemName, scene: Scene): Promise<readonly Taken[]> {
  return onStage(name, 1, scene, async (stage) => {
    const { system, publisher } = stage;
    await system.takeLoopDelay?.();
    await publish(stage, 0);
    await fetchFirst(system);
    const playableAtMs = Date.now();
    const { connectedAtMs } = await publisher.call('pushes', undefined);
    const loop = await system.takeLoopDelay?.();
    const figures = { ms: playableAtMs - connectedAtMs, loopP99Ms: loop?.p99Ms ?? Number.NaN };
    return [{ load: PLAYABLE, figures, disturbed: [] }];
  });
}

/** Resolves when the first part or segment that a playlist lists has been read. */
async function fetchFirst(system: System): Promise<void> {
  if (!system.servesHttp) {
    while (((await system.newestSegments())?.[0] ?? -1) < 0) await delay(POLL_MS);
    return;
  }
  const mediaUrl = await system.mediaUrl();
  for (;;) {
    const edge = parsePlaylistEdge(await (await fetch(mediaUrl)).text());
    const uri = edge.partUris.at(-1) ?? edge.segmentUris.at(-1);
    if (uri !== undefined) {
      await (await fetch(new URL(uri, mediaUrl))).arrayBuffer();
      return;
    }
    await delay(POLL_MS);
  }
}
