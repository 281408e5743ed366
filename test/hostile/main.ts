// `npm run test:hostile [-- ROW...]`: every input of the catalogue against one process, twice: once to warm up, once to
// count; then every scenario of section S. `-- --mutate [--seed N] [--count N] [--replay FILE]`: recorded sessions, damaged.
// `--write` puts the reports into docs/measured/catalogue.md and docs/measured/hostile.md.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeTable } from '../support/measured-tables.ts';
import { attack } from './attack.ts';
import { CATALOGUE } from './catalogue.ts';
import { runMutations } from './mutate/run-mutations.ts';
import { playScenarios } from './play-scenarios.ts';
import { renderReport, renderScenarios } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

const DEFAULT_MUTATIONS = 20_000;
const REPORT_FILE = path.resolve(import.meta.dirname, '../../docs/measured/hostile.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mutate: { type: 'boolean', default: false },
    seed: { type: 'string' },
    count: { type: 'string', default: String(DEFAULT_MUTATIONS) },
    replay: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const onStep = (what: string): void => void process.stderr.write(`${what}\n`);

if (values.mutate || values.replay !== undefined) {
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  const faults = await runMutations({ seed, count: Number(values.count), replay: values.replay, onStep });
  process.exitCode = faults === 0 ? 0 : 1;
} else {
  await playRows(positionals);
}

/** Plays the given rows: numbers of the catalogue, `S5` or `S5.03`; all if none are given. */
async function playRows(rows: readonly string[]): Promise<void> {
  const inputs = CATALOGUE.filter(({ row }) => rows.length === 0 || rows.includes(String(row)));
  const scenarios = SCENARIOS.filter(
    ({ row, id }) => rows.length === 0 || rows.includes(row) || rows.includes(id),
  );
  if (inputs.length > 0) {
    const report = await attack(inputs, inputs, onStep);
    process.stdout.write(renderReport(report));
    if (values.write)
      writeTable('catalogue.md', 'catalogue', `\`\`\`text\n${renderReport(report).trim()}\n\`\`\``);
    if (report.faults.length > 0) process.exitCode = 1;
  }
  if (scenarios.length === 0) return;
  const groups = await playScenarios(scenarios, onStep);
  const report = renderScenarios(groups);
  process.stdout.write(report);
  if (values.write) writeReport(report);
  const faults = groups.flatMap((group) => [...group.faults, ...group.played.flatMap((each) => each.faults)]);
  if (faults.length > 0) process.exitCode = 1;
}

function writeReport(report: string): void {
  const text = `# Hostile scenarios

Written by \`npm run test:hostile -- --write\`; [trust.md](../trust.md) says what each row is and how it is judged.
Times depend on the machine. "late" is the gateway's own share of the event loop's delay.

\`\`\`text
${report.trim()}
\`\`\`
`;
  mkdirSync(path.dirname(REPORT_FILE), { recursive: true });
  writeFileSync(REPORT_FILE, text);
}
