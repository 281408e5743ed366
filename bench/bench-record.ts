// docs/measured/bench.json: all samples, and under what conditions they were taken.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from './runner.ts';
import type { Sample } from './samples.ts';

export type RunFacts = {
  /** `2026-11-29` */
  readonly date: string;
  /** The last one that changed what is measured or how; undefined outside git. */
  readonly commit?: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The command as it was typed. */
  readonly command: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Whether the server had a processor of its own. */
  readonly isPinned: boolean;
  /** Peers that are not installed, and what installs them. */
  readonly leftOut: readonly string[];
};

export type RecordedRun = {
  readonly facts: RunFacts;
  readonly samples: readonly Sample[];
  readonly failures: readonly Failure[];
};

export type QuickRecord = {
  readonly facts: Pick<RunFacts, 'date' | 'commit' | 'machine' | 'isPinned'>;
  /** Ratios of each round by their title. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
};

export type BenchRecord = {
  readonly version: 1;
  readonly runs: readonly RecordedRun[];
  readonly quick?: QuickRecord;
};

const NOTHING: BenchRecord = { version: 1, runs: [] };

/** An empty record if there is no file. Throws for a file that is not a record. */
export function readRecord(file: string): BenchRecord {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return NOTHING;
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) {
    throw new Error(`${file} is not a report of this version of the benchmark; remove it`);
  }
  return value as BenchRecord;
}

export function writeRecord(file: string, record: BenchRecord): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${textOf(record)}\n`);
}

/** One line a sample, so that a new run is a readable change. Figures that were not measured are left out. */
function textOf({ version, runs, quick }: BenchRecord): string {
  const lines = (values: readonly unknown[]): string =>
    values.length === 0
      ? '[]'
      : `[\n${values.map((value) => `    ${JSON.stringify(value)}`).join(',\n')}\n  ]`;
  const shownRuns = runs.map(({ facts, samples, failures }) => {
    const known = samples.map((sample) => ({ ...sample, figures: finite(sample.figures) }));
    return `{\n  "facts": ${JSON.stringify(facts)},\n  "samples": ${lines(known)},\n  "failures": ${lines(failures)}\n}`;
  });
  const last = quick === undefined ? '' : `,\n"quick": ${JSON.stringify(quick, undefined, 1)}`;
  return `{\n"version": ${version},\n"runs": [${shownRuns.join(', ')}]${last}\n}`;
}

function finite(figures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const known = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value.toPrecision(6))]));
}

/**
 * Adds a run. It replaces what earlier runs have of the same measurements with the same loads. If it continues them, earlier rounds
 * under the same conditions stay.
 */
export function withRun(record: BenchRecord, run: RecordedRun, continues = false): BenchRecord {
  const keyOf = ({ measurement, load }: Pick<Sample, 'measurement' | 'load'>): string =>
    `${measurement} ${load}`;
  const renewed = new Set(run.samples.map(keyOf));
  const renewedRounds = new Set(run.samples.map((sample) => `${keyOf(sample)} ${sample.round}`));
  const older = record.runs.map((earlier) => {
    const isContinued = continues && haveSameConditions(earlier.facts, run.facts);
    const isRenewed = (sample: Sample): boolean =>
      isContinued ? renewedRounds.has(`${keyOf(sample)} ${sample.round}`) : renewed.has(keyOf(sample));
    return {
      ...earlier,
      samples: earlier.samples.filter((sample) => !isRenewed(sample)),
      failures: earlier.failures.filter(
        (failure) =>
          !isRepeated(failure, run) ||
          (isContinued && !run.samples.some(({ round }) => round === failure.round)),
      ),
    };
  });
  const kept = older.filter(({ samples }) => samples.length > 0);
  return { ...record, runs: [...kept, run] };
}

/** Whether a job of a round was measured under these conditions, and, if `wantsQuiet`, without a disturbance. */
export function isRecorded(
  { runs }: BenchRecord,
  facts: RunFacts,
  job: Pick<Failure, 'measurement' | 'load' | 'round'>,
  wantsQuiet = false,
): boolean {
  const samples = runs
    .filter((run) => haveSameConditions(run.facts, facts))
    .flatMap((run) => run.samples)
    .filter(({ measurement, load, round }) => {
      return measurement === job.measurement && round === job.round && load.startsWith(job.load);
    });
  return samples.length > 0 && !(wantsQuiet && samples.some(({ disturbed }) => disturbed.length > 0));
}

/** Only then rounds of different runs are one row. */
function haveSameConditions(one: RunFacts, other: RunFacts): boolean {
  return (
    one.commit === other.commit &&
    one.machine === other.machine &&
    one.isPinned === other.isPinned &&
    one.seconds === other.seconds &&
    one.warmUpSeconds === other.warmUpSeconds
  );
}

/** A failure names the job, whose samples have the job's title and perhaps a phase as their load. */
function isRepeated({ measurement, load }: Failure, { samples, failures }: RecordedRun): boolean {
  return [...samples, ...failures].some(
    (one) => one.measurement === measurement && one.load.startsWith(load),
  );
}

export function samplesIn(record: BenchRecord): readonly Sample[] {
  return record.runs.flatMap(({ samples }) => samples);
}
