// `--quick`: five ratios in less than two minutes, beside those of the last report.

import { setTimeout as delay } from 'node:timers/promises';
import { fetchFiles, watchOn } from './audience-bench.ts';
import { ingestSteadily } from './ingest-bench.ts';
import type { Scene, Taken } from './measurement.ts';
import type { Pinning } from './pinning.ts';
import { filesOf, type SampledFiles } from './sampled-files.ts';
import { floodFile, floodStage } from './saturation-bench.ts';
import { onStage, publish, type Stage } from './staged-stream.ts';
import { timeToListen } from './start-bench.ts';
import type { SystemName } from './system-names.ts';

export type QuickOptions = {
  readonly scene: Scene;
  readonly isAvailable: (system: SystemName) => boolean;
  readonly pinning: Pinning | undefined;
  readonly say: (line: string) => void;
};

export type QuickResult = {
  readonly ratios: Readonly<Record<string, readonly number[]>>;
  /** Reasons why a sample is not reliable. */
  readonly disturbed: readonly string[];
};

/** How a run of the short benchmark passes its time. */
export const QUICK_SCENE = {
  streams: [20],
  viewers: [200],
  seconds: 2.5,
  warmUp: { streamsMs: 2_500, fewStreamsMs: 2_500, playlistMs: 6_000, viewersMs: 3_000, requestsMs: 700 },
} as const;

const STREAMS = 20;
const VIEWERS = 200;
/** No new round begins if it would end after this. */
const BUDGET_MS = 112_000;
const MAX_ROUNDS = 3;

type Step = {
  readonly title: string;
  readonly figure: string;
  /** The answers of a second are turned round, so that less is better. */
  readonly isHigherBetter?: boolean;
  readonly peer: SystemName;
  readonly run: (system: SystemName) => Promise<readonly Taken[]>;
};

/** Rounds as long as there is time. Within a round each server runs right after its peer. */
export async function runQuick(options: QuickOptions): Promise<QuickResult> {
  const { scene, pinning } = options;
  const startedAt = performance.now();
  const ratios: Record<string, number[]> = {};
  const disturbed: string[] = [];
  let longestMs = 0;
  // A process starts with several threads and has no processor yet, so the load is not pinned meanwhile.
  await pinning?.none();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await take(startStep(scene), round, options, ratios, disturbed);
  }
  await pinning?.load();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const roundAt = performance.now();
    if (round > 0 && roundAt - startedAt + longestMs > BUDGET_MS) break;
    for (const step of ingestSteps(scene)) await take(step, round, options, ratios, disturbed);
    await onStage('sluice', 1, scene, async (stage) => {
      await publish(stage, 0);
      await delay(scene.warmUp.playlistMs);
      const files = await filesOf(await stage.system.mediaUrl());
      for (const step of viewerSteps(stage, files, scene))
        await take(step, round, options, ratios, disturbed);
    });
    longestMs = Math.max(longestMs, performance.now() - roundAt);
  }
  return { ratios, disturbed };
}

function startStep(scene: Scene): Step {
  const run = (system: SystemName): Promise<readonly Taken[]> => timeToListen(system, scene);
  return { title: 'process to listening / bare Node', figure: 'ms', peer: 'bare-node', run };
}

function ingestSteps(scene: Scene): readonly Step[] {
  const cost = new Map<SystemName, Promise<readonly Taken[]>>();
  // Sluice is compared with two others, and measured once in a round.
  const run = (system: SystemName): Promise<readonly Taken[]> => {
    const known = cost.get(system) ?? ingestSteadily(system, STREAMS, scene);
    cost.set(system, known);
    return known;
  };
  const title = `CPU of ${STREAMS} publishers`;
  return [
    { title: `${title} / read and drop`, figure: 'cpuMs', peer: 'read-and-drop', run },
    { title: `${title} / nginx-rtmp`, figure: 'cpuMs', peer: 'nginx-rtmp', run },
  ];
}

function viewerSteps(stage: Stage, files: SampledFiles, scene: Scene): readonly Step[] {
  return [
    {
      title: 'CPU of one playlist / bare node:http',
      figure: 'perCpuSecond',
      isHigherBetter: true,
      peer: 'node-http',
      run: (system) =>
        system === 'sluice'
          ? floodStage(stage, 'playlist', scene)
          : floodFile(system, 'playlist', files.playlist, scene),
    },
    {
      title: `CPU of ${VIEWERS} LL-HLS viewers / nginx, files`,
      figure: 'cpuUs',
      peer: 'nginx',
      run: (system) =>
        system === 'sluice'
          ? watchOn(stage, { count: VIEWERS, isLowLatency: true }, scene)
          : fetchFiles(files, VIEWERS, scene),
    },
  ];
}

async function take(
  step: Step,
  round: number,
  { isAvailable, say }: QuickOptions,
  ratios: Record<string, number[]>,
  disturbed: string[],
): Promise<void> {
  const { title, figure, peer, isHigherBetter = false } = step;
  if (!isAvailable(peer)) {
    if (round === 0) say(`${title}: left out, because ${peer} is not installed`);
    return;
  }
  const values: Partial<Record<SystemName, number>> = {};
  const systems: readonly SystemName[] = round % 2 === 0 ? ['sluice', peer] : [peer, 'sluice'];
  for (const system of systems) {
    const taken = (await step.run(system)).at(-1);
    values[system] = taken?.figures[figure] ?? Number.NaN;
    disturbed.push(...(taken?.disturbed ?? []));
  }
  const ratio = (values.sluice ?? Number.NaN) / (values[peer] ?? Number.NaN);
  const cost = isHigherBetter ? 1 / ratio : ratio;
  const known = ratios[title];
  if (known === undefined) ratios[title] = [cost];
  else known.push(cost);
  say(`round ${round + 1}: ${title}: ${cost.toFixed(2)}`);
}
