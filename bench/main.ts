// `npm run bench -- load|picture|http|flood|crowd|topics`: prints tables to stdout and progress to stderr. --write puts the tables into
// docs/measured/bench.md.

import { parseArgs } from 'node:util';
import { writeTable } from '../test/support/measured-tables.ts';
import { runToEnd } from './child-process.ts';
import { cleanUp, cleanUpOnSignals } from './clean-up.ts';
import { runCrowd } from './crowd-bench.ts';
import { runFlood } from './flood-bench.ts';
import { runHttp } from './http-bench.ts';
import { runLoad } from './load-bench.ts';
import { runPicture } from './picture-bench.ts';
import { CHECKOUT, describeMachine, findFfmpeg } from './programs.ts';
import { runTopics } from './topics-bench.ts';

const USAGE = `npm run bench                  all six, with these values
npm run bench -- load    [--streams 1,20] [--seconds 30] [--rounds 2]
npm run bench -- picture [--runs 5] [--seconds 30]
npm run bench -- http    [--viewers 200] [--seconds 15]
npm run bench -- flood   [--seconds 3] [--rounds 5]
npm run bench -- crowd   [--waiting 10000] [--rounds 5]
npm run bench -- topics  [--seconds 15] [--rounds 2]

  --no-build   measure dist/ as it is; otherwise it is built when the sources have changed
  --write      put the tables into docs/measured/bench.md
`;
const BUILD_TIMEOUT_MS = 180_000;
/** Limits, so that a typing error does not start thousands of processes. */
const MAX_STREAMS = 500;
const MAX_VIEWERS = 2_000;
/** Each needs a port of one address. */
const MAX_WAITING = 25_000;
const MAX_SECONDS = 600;
const MAX_ROUNDS = 20;
const EXIT_USAGE = 2;

type Bench = (values: Values, say: (line: string) => void) => Promise<string>;
type Values = ReturnType<typeof readCommand>['values'];

const BENCHES: Readonly<Record<string, Bench>> = {
  load: (values, say) => {
    const streams = (values.streams ?? '1,20')
      .split(',')
      .map((text) => whole('--streams', text, MAX_STREAMS));
    return runLoad({
      streams,
      seconds: whole('--seconds', values.seconds ?? '30', MAX_SECONDS),
      rounds: whole('--rounds', values.rounds ?? '2', MAX_ROUNDS),
      say,
    });
  },
  picture: (values, say) =>
    runPicture({
      runs: whole('--runs', values.runs ?? '5', MAX_ROUNDS),
      seconds: whole('--seconds', values.seconds ?? '30', MAX_SECONDS),
      say,
    }),
  http: (values, say) =>
    runHttp({
      viewers: whole('--viewers', values.viewers ?? '200', MAX_VIEWERS),
      seconds: whole('--seconds', values.seconds ?? '15', MAX_SECONDS),
      say,
    }),
  flood: (values, say) =>
    runFlood({
      seconds: whole('--seconds', values.seconds ?? '3', MAX_SECONDS),
      rounds: whole('--rounds', values.rounds ?? '5', MAX_ROUNDS),
      say,
    }),
  crowd: (values, say) =>
    runCrowd({
      waiting: whole('--waiting', values.waiting ?? '10000', MAX_WAITING),
      rounds: whole('--rounds', values.rounds ?? '5', MAX_ROUNDS),
      say,
    }),
  topics: (values, say) =>
    runTopics({
      seconds: whole('--seconds', values.seconds ?? '15', MAX_SECONDS),
      rounds: whole('--rounds', values.rounds ?? '2', MAX_ROUNDS),
      say,
    }),
};

class UsageError extends Error {}

cleanUpOnSignals();
try {
  const { values, positionals } = readCommand();
  const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) throw new UsageError(`not a benchmark: ${unknown}`);
  if (values['no-build'] !== true) {
    say('building when stale');
    await runToEnd(process.execPath, ['scripts/build.mjs', '--if-stale'], {
      cwd: CHECKOUT,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
  }
  const ffmpeg = await runToEnd(findFfmpeg(), ['-version'], { timeoutMs: BUILD_TIMEOUT_MS });
  const machine = `${describeMachine()}, ${ffmpeg.split(' Copyright')[0] ?? ''}`;
  for (const name of names) {
    const table = await BENCHES[name]?.(values, say);
    process.stdout.write(`${table}\n\n`);
    if (values.write === true) {
      writeTable('bench.md', name, `${table}\n\n${new Date().toISOString().slice(0, 10)}. ${machine}.`);
    }
  }
  process.stdout.write(`${machine}\n`);
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(
    `bench: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? USAGE : ''}`,
  );
  process.exitCode = isUsage ? EXIT_USAGE : 1;
} finally {
  await cleanUp();
}

function readCommand() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        streams: text,
        seconds: text,
        rounds: text,
        runs: text,
        viewers: text,
        waiting: text,
        'no-build': { type: 'boolean' },
        write: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`${flag}: ${JSON.stringify(text)} is not a whole number from 1 to ${max}`);
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
