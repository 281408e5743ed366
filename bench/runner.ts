// Runs measurements in rounds. Within a round the systems run one after another, in the other order in every second round.

import { setTimeout as delay } from 'node:timers/promises';
import type { Job, Measurement, Scene } from './measurement.ts';
import type { Pinning } from './pinning.ts';
import type { Sample } from './samples.ts';
import { SYSTEMS, type SystemName } from './system-names.ts';

export type Failure = {
  readonly measurement: string;
  readonly load: string;
  readonly system: SystemName;
  readonly round: number;
  readonly message: string;
};

export type RunnerOptions = {
  readonly scene: Scene;
  readonly rounds: number;
  /** Systems that are installed and wanted. */
  readonly isAvailable: (system: SystemName) => boolean;
  readonly pinning: Pinning | undefined;
  readonly say: (line: string) => void;
};

/** One job of one round: the least that can be run on its own, because ratios are computed within it. */
export type Step = { readonly measurement: Measurement; readonly job: Job; readonly round: number };

export type StepResult = { readonly samples: readonly Sample[]; readonly failures: readonly Failure[] };

/** After a server has stopped, until its memory and its files are freed. */
const REST_MS = 500;

/** Round by round, so that a run that is ended early has all measurements. */
export function stepsOf(
  measurements: readonly Measurement[],
  { scene, rounds }: RunnerOptions,
): readonly Step[] {
  const jobs = measurements.flatMap((measurement) =>
    measurement.jobs(scene).map((job) => ({ measurement, job })),
  );
  return Array.from({ length: rounds }, (_, round) => jobs.map((one) => ({ ...one, round }))).flat();
}

/** About how long a step takes. */
export function plannedSeconds({ measurement, job }: Step, { scene, isAvailable }: RunnerOptions): number {
  return job.systems.filter(isAvailable).length * measurement.secondsOf(scene);
}

/** A system that fails is left out. */
export async function runStep(step: Step, options: RunnerOptions): Promise<StepResult> {
  const { measurement, job, round } = step;
  const { pinning } = options;
  await (measurement.usesAllProcessors === true ? pinning?.none() : pinning?.load());
  const samples: Sample[] = [];
  const failures: Failure[] = [];
  for (const system of orderOf(job.systems.filter(options.isAvailable), round)) {
    const result = await runOnce(step, system, options);
    samples.push(...result.samples);
    failures.push(...result.failures);
    await delay(REST_MS);
  }
  return { samples, failures };
}

/** Alternates, so that what changes slowly on the machine affects all alike. */
export function orderOf(systems: readonly SystemName[], round: number): readonly SystemName[] {
  return round % 2 === 0 ? systems : systems.toReversed();
}

async function runOnce(
  { measurement, job, round }: Step,
  system: SystemName,
  { say }: RunnerOptions,
): Promise<StepResult> {
  const common = { measurement: measurement.name, system, round };
  const where = `${measurement.name}, ${job.title}, ${SYSTEMS[system].title}, round ${round + 1}`;
  try {
    const samples = (await job.run(system)).map((taken) => ({ ...common, ...taken }));
    for (const sample of samples) say(`${where}: ${shownFigures(measurement, sample)}`);
    return { samples, failures: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(`${where}: FAILED: ${message}`);
    return { samples: [], failures: [{ ...common, load: job.title, message }] };
  }
}

function shownFigures(measurement: Measurement, { load, figures, disturbed }: Sample): string {
  const shown = measurement.figures.flatMap(({ name, title, decimals }) => {
    const value = figures[name];
    return value === undefined || !Number.isFinite(value) ? [] : [`${title} ${value.toFixed(decimals)}`];
  });
  return `${load}: ${shown.join(', ')}${disturbed.length === 0 ? '' : ` [disturbed: ${disturbed.join('; ')}]`}`;
}
