// `npm run bench`: the measurements of a report, at once or in pieces. Each step is written into the report when it is done.

import { collectFacts } from './bench-facts.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchRecord, isRecorded, type RunFacts, readRecord, withRun } from './bench-record.ts';
import type { Measurement } from './measurement.ts';
import { REPORT_FOLDER, recordFile, writeReport } from './report.ts';
import {
  type Failure,
  plannedSeconds,
  type RunnerOptions,
  runStep,
  type Step,
  type StepResult,
  stepsOf,
} from './runner.ts';
import type { Sample } from './samples.ts';

/** Throws if a run has failed. */
export async function runReport(
  options: BenchOptions,
  measurements: readonly Measurement[],
  runner: RunnerOptions,
): Promise<void> {
  const { only, minutes } = options;
  const { say } = runner;
  const chosen = measurements.filter(({ name }) => only.length === 0 || only.includes(name));
  const steps = stepsOf(chosen, runner);
  const folder = options.outFolder ?? REPORT_FOLDER;
  const before = readRecord(recordFile(folder));
  const facts = await collectFacts(options, commandLine(), runner.pinning !== undefined);
  const open = minutes === undefined ? steps : steps.filter((step) => !isDone(step, before, facts, options));
  sayPlan(open, runner);
  if (options.isPlan) return;
  for (const text of facts.leftOut) say(`left out: ${text}`);
  let done: StepResult = { samples: [], failures: [] };
  const deadline = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  let left = open.length;
  for (const step of open) {
    const isLate = performance.now() + plannedSeconds(step, runner) * 1000 > deadline;
    // One step at least, also if it takes longer.
    if (isLate && left < open.length) break;
    done = joined(done, await runStep(step, runner));
    left -= 1;
    writeReport(folder, withRun(before, { facts, ...done }, minutes !== undefined), measurements);
  }
  say(`the report is in ${folder}`);
  if (left > 0)
    say(`${steps.length - left} of ${steps.length} pieces are measured: the same command goes on`);
  if (done.failures.length > 0) throw new Error(`${done.failures.length} runs failed; the report names them`);
}

function isDone(step: Step, record: BenchRecord, facts: RunFacts, { isRepeating }: BenchOptions): boolean {
  const { measurement, job, round } = step;
  return isRecorded(record, facts, { measurement: measurement.name, load: job.title, round }, isRepeating);
}

function sayPlan(steps: readonly Step[], runner: RunnerOptions): void {
  const minutes = new Map<string, number>();
  for (const step of steps) {
    const { name } = step.measurement;
    minutes.set(name, (minutes.get(name) ?? 0) + plannedSeconds(step, runner) / 60);
  }
  for (const [name, value] of minutes) runner.say(`${name}: about ${Math.ceil(value)} min`);
  const all = [...minutes.values()].reduce((sum, value) => sum + value, 0);
  runner.say(`in all about ${Math.ceil(all)} min in ${steps.length} pieces`);
}

function commandLine(): string {
  return ['npm run bench', ...(process.argv.length > 2 ? ['--'] : []), ...process.argv.slice(2)].join(' ');
}

function joined(
  one: StepResult,
  other: StepResult,
): { samples: readonly Sample[]; failures: readonly Failure[] } {
  return {
    samples: [...one.samples, ...other.samples],
    failures: [...one.failures, ...other.failures],
  };
}
