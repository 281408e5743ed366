// `npm run test:hostile:long [-- NAME...]`: the rows of docs/trust.md that take minutes. Exits with 1 at any fault.

import { compressedHour, noKeyFrame, soundForADay } from './long/compressed-hours.ts';
import { everySplit } from './long/every-split.ts';
import type { LongRun } from './long/long-run.ts';

const RUNS: readonly LongRun[] = [everySplit, compressedHour, noKeyFrame, soundForADay];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => RUNS.every((run) => run.name !== name));
if (unknown.length > 0) {
  process.stderr.write(
    `no run is called ${unknown.join(', ')}; there are ${RUNS.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
for (const { name, what, run } of RUNS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAt = performance.now();
  const { figures, faults } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const lines = [...figures, ...faults.map((fault) => `FAULT: ${fault}`), `${seconds} s`];
  process.stdout.write(`${what}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  if (faults.length > 0) process.exitCode = 1;
}
