// `npm run fuzz -- --seconds N [--target T] [--seed S] [--list] [--write]`: the in-process fuzzer. N is the time for each
// target. --write writes the totals into docs/measured/fuzz.md. Exits with 1 after a finding, whose input is kept in
// test/fuzz/regressions/.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable, writeTable } from '../support/measured-tables.ts';
import { CodeCoverage } from './code-coverage.ts';

const DEFAULT_SECONDS = '10';

// The server is loaded after this line, so that all of its code is counted.
const coverage = new CodeCoverage(new URL('../../server/', import.meta.url).href);
const { ALL_TARGETS } = await import('./targets/all-targets.ts');
const { FuzzRun } = await import('./fuzz-run.ts');
const { judge } = await import('./oracles.ts');
const { keepRegression, readRegressions } = await import('./regression-files.ts');
const { shrink } = await import('./shrink.ts');

type Target = (typeof ALL_TARGETS)[number];
type Totals = { executions: number; findings: number; rows: string[][] };

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: DEFAULT_SECONDS },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const seconds = positive('--seconds', values.seconds);
const seed = positive('--seed', values.seed);
const targets = values.target.length === 0 ? ALL_TARGETS : values.target.map(targetNamed);

if (values.list) {
  for (const target of targets) console.log(target.name);
} else {
  // Invalid settings files cause thousands of YAML parser warnings.
  process.removeAllListeners('warning');
  await fuzzAll();
}

async function fuzzAll(): Promise<void> {
  const totals: Totals = { executions: 0, findings: 0, rows: [] };
  console.log(`${targets.length} targets, ${seconds} s each, seed ${seed}`);
  for (const target of targets) {
    totals.findings += replay(target);
    await fuzz(target, totals);
  }
  console.log(`${totals.executions} executions in all, ${totals.findings} findings`);
  if (values.write) {
    const table = markdownTable(['target', 'executions', 'found'], totals.rows);
    const day = new Date().toISOString().slice(0, 10);
    writeTable(
      'fuzz.md',
      'fuzz',
      `${table}\n\n${totals.executions} executions on ${day}, ${seconds} s each.`,
    );
  }
  if (totals.findings > 0) process.exitCode = 1;
}

/** Runs earlier findings again. @returns how many still fail */
function replay(target: Target): number {
  let failures = 0;
  for (const { file, input } of readRegressions(target.name)) {
    const observation = judge(target, input);
    if (!('finding' in observation)) continue;
    failures += 1;
    console.log(
      `${target.name}: ${file} fails again: ${observation.finding.kind}: ${observation.finding.message}`,
    );
  }
  return failures;
}

async function fuzz(target: Target, totals: Totals): Promise<void> {
  const report = await new FuzzRun(target, { coverage, seed, seconds }).run();
  totals.executions += report.executions;
  console.log(
    [
      target.name.padEnd(20),
      `${report.executions} executions`,
      `${Math.round(report.executions / report.seconds)}/s`,
      `corpus ${report.corpus}`,
      `${report.answers} answers`,
      `${report.covered} characters covered`,
      `slowest ${report.slowestMs.toFixed(1)} ms`,
      `largest ${(report.largestBytes / 1024).toFixed(0)} KiB`,
    ].join('  '),
  );
  totals.rows.push([
    `\`${target.name}\``,
    String(report.executions),
    report.found?.finding.kind ?? 'nothing',
  ]);
  if (report.found === undefined) return;
  const { finding, input } = report.found;
  totals.findings += 1;
  // To shrink an input that hangs would hang too.
  const isEndless = finding.kind === 'hang';
  const file = keepRegression(target.name, isEndless ? input : shrink(target, input, finding));
  console.log(
    `${target.name}: ${finding.kind}: ${finding.message}\n  kept as ${path.relative(process.cwd(), file)}`,
  );
}

function targetNamed(name: string): Target {
  const found = ALL_TARGETS.find((target) => target.name === name);
  if (found === undefined) fail(`no target is named ${name}; --list shows all of them`);
  return found;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) fail(`${option} needs a number above 0, not ${text}`);
  return value;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
