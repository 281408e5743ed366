// `npm run bench`: measures Sluice beside its peers and writes the report; `--quick` compares with the last one. Progress goes to
// stderr.

import { writeTable } from '../test/support/measured-tables.ts';
import { lowLatencyViewers, viewers } from './audience-bench.ts';
import { availability, collectFacts } from './bench-facts.ts';
import { type BenchOptions, readOptions, type SingleName, USAGE, UsageError } from './bench-options.ts';
import { readRecord, writeRecord } from './bench-record.ts';
import { runToEnd } from './child-process.ts';
import { runChurn } from './churn-bench.ts';
import { cleanUp, cleanUpOnSignals } from './clean-up.ts';
import { runCrowd } from './crowd-bench.ts';
import { edge } from './edge-bench.ts';
import { flatOut } from './flat-out-bench.ts';
import { glass } from './glass-bench.ts';
import { ingest } from './ingest-bench.ts';
import { renderTable } from './markdown-table.ts';
import { type Measurement, type Scene, warmUpOf } from './measurement.ts';
import { findPinning, type Pinning } from './pinning.ts';
import { CHECKOUT, describeMachine } from './programs.ts';
import { QUICK_SCENE, runQuick } from './quick-bench.ts';
import { compareRatio } from './quick-comparison.ts';
import { REPORT_FOLDER, recordFile } from './report.ts';
import { runReport } from './report-run.ts';
import { shownSpread } from './samples.ts';
import { saturation } from './saturation-bench.ts';
import { start } from './start-bench.ts';
import { runTopics } from './topics-bench.ts';

const MEASUREMENTS: readonly Measurement[] = [
  ...[ingest, flatOut, viewers, lowLatencyViewers],
  ...[saturation, start, edge, glass],
];
const BUILD_TIMEOUT_MS = 180_000;
const EXIT_USAGE = 2;
const CHURN_MINUTES = 60;

cleanUpOnSignals();
try {
  const names = MEASUREMENTS.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), names);
  const pinning = options.isPinned ? findPinning() : undefined;
  if (!options.isBuilt && !options.isPlan) await build();
  if (options.kind === 'report') await report(options, pinning);
  else if (options.kind === 'quick') await quick(options, pinning);
  else await single(options.kind, options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`bench: ${message}\n${isUsage ? USAGE : ''}`);
  process.exitCode = isUsage ? EXIT_USAGE : 1;
} finally {
  await cleanUp();
}

async function report(options: BenchOptions, pinning: Pinning | undefined): Promise<void> {
  const scene: Scene = {
    ...options,
    warmUp: warmUpOf(options.warmUpSeconds),
    place: async (pids) => pinning?.server(pids),
  };
  const { rounds } = options;
  await runReport(options, MEASUREMENTS, { scene, rounds, isAvailable: availability(options), pinning, say });
}

async function quick(options: BenchOptions, pinning: Pinning | undefined): Promise<void> {
  const file = recordFile(options.outFolder ?? REPORT_FOLDER);
  const record = readRecord(file);
  const { peersFolder } = options;
  const place = async (pids: readonly number[]) => pinning?.server(pids);
  const scene: Scene = { ...QUICK_SCENE, peersFolder, place };
  const { ratios, disturbed } = await runQuick({
    scene,
    isAvailable: availability(options),
    pinning,
    say,
  });
  const rows = Object.entries(ratios).map(([title, now]) => {
    const { before, verdict } = compareRatio(title, now, record.quick?.ratios[title] ?? []);
    return [title, verdict, shownSpread(now, 2), shownSpread(before, 2)];
  });
  process.stdout.write(`${renderTable(['ratio, less is better', 'verdict', 'now', 'last report'], rows)}\n`);
  if (record.quick !== undefined && record.quick.facts.machine !== describeMachine()) {
    process.stdout.write(`The last report is of another machine: ${record.quick.facts.machine}\n`);
  }
  if (disturbed.length > 0) {
    process.stdout.write(`${disturbed.length} windows were disturbed, the first by: ${disturbed[0]}\n`);
  }
  if (!options.writes) return;
  const facts = await collectFacts(options, 'npm run bench -- --quick --write', pinning !== undefined);
  const { date, commit, machine, isPinned } = facts;
  const known = { date, machine, isPinned, ...(commit === undefined ? {} : { commit }) };
  writeRecord(file, { ...record, quick: { facts: known, ratios } });
}

/** A benchmark with a table of its own. */
async function single(name: SingleName, options: BenchOptions): Promise<void> {
  const { waiting, rounds, seconds, minutes = CHURN_MINUTES } = options;
  const run = {
    crowd: () => runCrowd({ waiting, rounds, say }),
    topics: () => runTopics({ seconds, rounds, say }),
    churn: () => runChurn({ minutes, say }),
  };
  const table = await run[name]();
  process.stdout.write(`${table}\n`);
  if (!options.writes) return;
  const note = `${new Date().toISOString().slice(0, 10)}. ${describeMachine()}.`;
  writeTable('bench.md', name, `${table}\n\n${note}`);
}

async function build(): Promise<void> {
  say('building when stale');
  await runToEnd(process.execPath, ['scripts/build.mjs', '--if-stale'], {
    cwd: CHECKOUT,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
