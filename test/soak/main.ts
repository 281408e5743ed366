// `npm run test:soak -- --minutes 30 [--short-parts] [--write]`: a page watches a live stream for a long time. Reports stalls, latency of
// presented pictures, drift and memory for each minute. --write writes the table into docs/measured/soak.md.
import { parseArgs } from 'node:util';
import { runToEnd } from '../../bench/child-process.ts';
import { cleanUp, cleanUpOnSignals } from '../../bench/clean-up.ts';
import { CHECKOUT, describeMachine } from '../../bench/programs.ts';
import { writeTable } from '../support/measured-tables.ts';
import { soakTable, verdictOf } from './soak-table.ts';
import { type Minute, WatchedStream } from './watched-stream.ts';

const BUILD_TIMEOUT_MS = 180_000;
const MINUTE_S = 60;
/** A day; longer runs are another kind of test. */
const MAX_MINUTES = 1_440;
/** An older picture is too late for viewers who answer the streamer. */
const MAX_P95_MS = 1_500;
/** The median varies by this much from minute to minute; a clock that drifts exceeds it. */
const MAX_DRIFT_MS_PER_HOUR = 100;
const SHORT_PARTS = ['--hls-part', '100ms'];

cleanUpOnSignals();
try {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      'short-parts': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const wanted = Number(values.minutes);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_MINUTES)
    throw new Error(`--minutes: "${values.minutes}" is not a whole number from 1 to ${MAX_MINUTES}`);
  const building = ['scripts/build.mjs', '--if-stale'];
  await runToEnd(process.execPath, building, { cwd: CHECKOUT, timeoutMs: BUILD_TIMEOUT_MS });
  process.exitCode = await soak(wanted, values);
} catch (error) {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

/** @returns the exit code */
async function soak(
  wanted: number,
  {
    'short-parts': hasShortParts,
    write: isWritten,
  }: { readonly 'short-parts': boolean; readonly write: boolean },
): Promise<number> {
  const stream = await WatchedStream.start(hasShortParts ? SHORT_PARTS : []);
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
  if (isWritten) writeTable('soak.md', hasShortParts ? 'short-parts' : 'soak', text);
  const isRight =
    verdict.stalls === 0 &&
    verdict.p95Ms < MAX_P95_MS &&
    Math.abs(verdict.driftMsPerHour) < MAX_DRIFT_MS_PER_HOUR;
  return isRight ? 0 : 1;
}
