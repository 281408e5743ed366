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

/** After a server has stopped, until its memory and its files are freed. */
const REST_MS = 500;

/** Calls `onRound` with all samples so far after every round. A system that fails is left out of its round. */
export async function runMeasurement(
  measurement: Measurement,
  options: RunnerOptions,
  onRound: (samples: readonly Sample[], failures: readonly Failure[]) => void,
): Promise<void> {
  const { scene, rounds, pinning } = options;
  const samples: Sample[] = [];
  const failures: Failure[] = [];
  await (measurement.usesAllProcessors === true ? pinning?.none() : pinning?.load());
  const jobs = measurement.jobs(scene);
  for (let round = 0; round < rounds; round += 1) {
    for (const job of jobs) {
      for (const system of orderOf(job.systems.filter(options.isAvailable), round)) {
        const result = await runOnce(measurement, job, system, round, options);
        samples.push(...result.samples);
        failures.push(...result.failures);
        await delay(REST_MS);
      }
    }
    onRound(samples, failures);
  }
}

/** About how long a measurement takes. */
export function plannedSeconds(measurement: Measurement, options: RunnerOptions): number {
  const runs = measurement
    .jobs(options.scene)
    .map(({ systems }) => systems.filter(options.isAvailable).length)
    .reduce((sum, count) => sum + count, 0);
  return runs * options.rounds * measurement.secondsOf(options.scene);
}

/** Alternates, so that what changes slowly on the machine affects all alike. */
export function orderOf(systems: readonly SystemName[], round: number): readonly SystemName[] {
  return round % 2 === 0 ? systems : systems.toReversed();
}

async function runOnce(
  measurement: Measurement,
  job: Job,
  system: SystemName,
  round: number,
  { say }: RunnerOptions,
): Promise<{ readonly samples: readonly Sample[]; readonly failures: readonly Failure[] }> {
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
