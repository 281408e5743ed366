// The command line of `npm run bench`.

import { parseArgs } from 'node:util';
import { isSystemName, SYSTEMS, type SystemName } from './system-names.ts';

export const USAGE = `npm run bench                          all measurements; the report goes to docs/measured/bench.{md,json,svg}
npm run bench -- --minutes 5           goes on with the report for so long: what is missing for the code as it is
npm run bench -- --quick               five ratios beside those of the last report, in less than two minutes
npm run bench -- --quick --write       the same, and puts them into bench.json for later comparisons
npm run bench -- ingest viewers        some measurements only, as --only ingest,viewers
npm run bench -- crowd [--waiting 10000] [--rounds 5]    ten thousand requests that wait; prints a table
npm run bench -- topics [--seconds 15] [--rounds 2]      followers of the WebSocket; prints a table
npm run bench -- churn [--minutes 60]  memory while 50 publishers come and go; prints a table

Measurements: ingest, flat-out, viewers, ll-viewers, saturation, start, edge, glass

  --rounds 5             how often everything is measured; systems alternate within a round
  --seconds 15           length of a measured window
  --warm-up 60           longest time before a window, in seconds
  --streams 1,10,50,100,200     publishers of ingest
  --viewers 100,500,1000,2000   viewers of viewers and ll-viewers
  --systems sluice,nginx-rtmp   these systems only
  --node-media-server DIR       the folder given to npm install --prefix
  --out DIR              write the report to another folder
  --plan                 say how long it takes, and end
  --repeat-disturbed     with --minutes: measures again what was disturbed
  --no-pin               let server and load share all processors
  --no-build             measure dist/ as it is; otherwise it is built when the sources have changed
  --write                with --quick, crowd, topics or churn: renew the committed figures
`;

export type BenchOptions = {
  readonly kind: 'report' | 'quick' | SingleName;
  /** Names of measurements; empty for all. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly streams: readonly number[];
  readonly viewers: readonly number[];
  /** Undefined for all. */
  readonly systems: readonly SystemName[] | undefined;
  readonly waiting: number;
  readonly peersFolder: string | undefined;
  readonly outFolder: string | undefined;
  readonly isPlan: boolean;
  /** Undefined to measure everything at once. */
  readonly minutes: number | undefined;
  readonly isRepeating: boolean;
  readonly isPinned: boolean;
  readonly isBuilt: boolean;
  readonly writes: boolean;
};

/** Benchmarks that run alone, and have a table of their own. */
export type SingleName = 'crowd' | 'topics' | 'churn';

export class UsageError extends Error {}

const SINGLES: readonly SingleName[] = ['crowd', 'topics', 'churn'];
/** Limits, so that a typing error does not start thousands of processes. */
const MAX_STREAMS = 500;
const MAX_VIEWERS = 5_000;
/** Each needs a port of one address. */
const MAX_WAITING = 25_000;
const MAX_SECONDS = 600;
const MAX_ROUNDS = 100;
const MAX_MINUTES = 1_440;

/** Throws a UsageError that names the flag and the value. */
export function readOptions(args: readonly string[], measurements: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const only = [...positionals, ...listOf(values.only ?? '')];
  const single = SINGLES.find((name) => only.includes(name));
  const unknown = only.find((name) => name !== single && !measurements.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${unknown} is not a measurement; there are ${[...measurements, ...SINGLES].join(', ')}`,
    );
  }
  if (single !== undefined && only.length > 1) {
    throw new UsageError(`${single} runs alone: leave out the other names`);
  }
  return {
    kind: single ?? (values.quick === true ? 'quick' : 'report'),
    only: single === undefined ? only : [],
    rounds: whole('--rounds', values.rounds ?? '5', MAX_ROUNDS),
    seconds: whole('--seconds', values.seconds ?? '15', MAX_SECONDS),
    warmUpSeconds: whole('--warm-up', values['warm-up'] ?? '60', MAX_SECONDS),
    streams: wholes('--streams', values.streams ?? '1,10,50,100,200', MAX_STREAMS),
    viewers: wholes('--viewers', values.viewers ?? '100,500,1000,2000', MAX_VIEWERS),
    systems: values.systems === undefined ? undefined : listOf(values.systems).map(systemOf),
    waiting: whole('--waiting', values.waiting ?? '10000', MAX_WAITING),
    peersFolder: values['node-media-server'],
    outFolder: values.out,
    isPlan: values.plan === true,
    minutes: values.minutes === undefined ? undefined : whole('--minutes', values.minutes, MAX_MINUTES),
    isRepeating: values['repeat-disturbed'] === true,
    isPinned: values['no-pin'] !== true,
    isBuilt: values['no-build'] === true,
    writes: values.write === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: text,
        rounds: text,
        seconds: text,
        'warm-up': text,
        streams: text,
        viewers: text,
        systems: text,
        waiting: text,
        'node-media-server': text,
        out: text,
        quick: flag,
        plan: flag,
        minutes: text,
        'repeat-disturbed': flag,
        'no-pin': flag,
        'no-build': flag,
        write: flag,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

function systemOf(name: string): SystemName {
  if (isSystemName(name)) return name;
  throw new UsageError(`--systems: ${name} is not a system; there are ${Object.keys(SYSTEMS).join(', ')}`);
}

function wholes(flag: string, text: string, max: number): readonly number[] {
  return text.split(',').map((one) => whole(flag, one, max));
}

function whole(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`${flag}: ${JSON.stringify(text)} is not a whole number from 1 to ${max}`);
}
