// `npm run test:soak -- --minutes 30 [--write]`: a page watches a live stream for a long time. Stalls, latency read off the
// glass, drift and memory, minute by minute; --write puts the table into docs/performance.md.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runToEnd } from '../../bench/child-process.ts';
import { cleanUp, cleanUpOnSignals } from '../../bench/clean-up.ts';
import { CHECKOUT, describeMachine } from '../../bench/programs.ts';
import { writeSection } from '../support/document-section.ts';
import { soakTable, verdictOf } from './soak-table.ts';
import { type Minute, WatchedStream } from './watched-stream.ts';

const DOCUMENT = path.join(CHECKOUT, 'docs/performance.md');
const BUILD_TIMEOUT_MS = 180_000;
const MINUTE_S = 60;
/** A day; longer runs are another kind of test. */
const MAX_MINUTES = 1_440;
/** Issue of viewers: a picture older than this is not "live" to somebody who talks back. */
const MAX_P95_MS = 1_500;
/** What the median wanders by from minute to minute comes to this in an hour; a clock that drifts comes to more. */
const MAX_DRIFT_MS_PER_HOUR = 100;

cleanUpOnSignals();
try {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '30' }, write: { type: 'boolean' } },
  });
  const wanted = Number(values.minutes);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_MINUTES)
    throw new Error(`--minutes: "${values.minutes}" is not a whole number from 1 to ${MAX_MINUTES}`);
  const building = ['scripts/build.mjs', '--if-stale'];
  await runToEnd(process.execPath, building, { cwd: CHECKOUT, timeoutMs: BUILD_TIMEOUT_MS });
  process.exitCode = await soak(wanted, values.write === true);
} catch (error) {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

/** @returns the exit code */
async function soak(wanted: number, isWritten: boolean): Promise<number> {
  const stream = await WatchedStream.start();
  const minutes: Minute[] = [];
  while (minutes.length < wanted) {
    const minute = await stream.watch(MINUTE_S);
    minutes.push(minute);
    const { p95Ms, stalls } = verdictOf([minute]);
    process.stderr.write(
      `soak: minute ${minutes.length}: p95 ${p95Ms.toFixed(0)} ms, ${stalls} stalls, ${minute.hurried} looks off speed 1\n`,
    );
  }
  const verdict = verdictOf(minutes);
  const text = [
    soakTable(minutes),
    '',
    `Drift: ${verdict.driftMsPerHour.toFixed(0)} ms an hour. ${describeMachine()}.`,
  ].join('\n');
  process.stdout.write(`${text}\n`);
  if (isWritten) writeSection(DOCUMENT, 'soak', text);
  const isRight =
    verdict.stalls === 0 &&
    verdict.p95Ms < MAX_P95_MS &&
    Math.abs(verdict.driftMsPerHour) < MAX_DRIFT_MS_PER_HOUR;
  return isRight ? 0 : 1;
}
