#!/usr/bin/env node
// The `sluice-check` command: follows an HLS stream of any server and reports violations of RFC 8216bis.
// Exit code 0: no findings; 1: findings; 2: the stream could not be checked.

import { parseArgs } from 'node:util';
import { CannotCheck } from './cannot-check.ts';
import { checkStream } from './check-stream.ts';
import { renderReport } from './report.ts';
import { RULES } from './rules.ts';

const USAGE = `sluice-check URL [--seconds 30] [--network-ms 1000] [--json] [--errors-only]
sluice-check --rules
In a checkout: npm run check:hls -- URL …

  URL            multivariant or media playlist of a live or ended HLS stream, of any server
  --seconds N    how long to follow a live stream, 1 to 604800
  --network-ms N what the network may add to every time limit, 1000
  --json         the report as JSON on standard output
  --errors-only  warnings are shown and do not count for the exit code
  --rules        lists every rule with its code and clause

Exit code: 0 nothing found, 1 findings, 2 the stream could not be checked.
`;
const DEFAULT_SECONDS = 30;
/** A week: timers end at 24.8 days. */
const MAX_SECONDS = 604_800;
const DEFAULT_NETWORK_MS = 1_000;
/** A longer allowance would make the time limits useless. */
const MAX_NETWORK_MS = 60_000;
const EXIT_FOUND = 1;
const EXIT_CANNOT = 2;

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CannotCheck)) throw error;
  process.stderr.write(`sluice-check: ${error.message}\n${error.isUsage ? `\n${USAGE}` : ''}`);
  process.exitCode = EXIT_CANNOT;
}

async function main(): Promise<number> {
  const { values, positionals } = readCommand();
  if (values.help === true) return show(USAGE);
  if (values.rules === true) return show(listRules());
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw usage('name one playlist URL');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw usage(`${url} is not an http or https URL`);
  const seconds = number('--seconds', values.seconds ?? DEFAULT_SECONDS, 1, MAX_SECONDS);
  const networkMs = number('--network-ms', values['network-ms'] ?? DEFAULT_NETWORK_MS, 0, MAX_NETWORK_MS);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const report = await checkStream({ url, seconds, networkMs, signal: stop.signal });
  process.stdout.write(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report));
  const counted = report.errors + (values['errors-only'] === true ? 0 : report.warnings);
  return counted === 0 ? 0 : EXIT_FOUND;
}

function readCommand() {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        'network-ms': { type: 'string' },
        json: flag,
        'errors-only': flag,
        rules: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function number(flag: string, value: string | number, least: number, most: number): number {
  const parsed = Number(value);
  if (parsed >= least && parsed <= most) return parsed;
  throw usage(`${flag}: ${value} is not a number from ${least} to ${most}`);
}

function listRules(): string {
  return Object.entries(RULES)
    .map(([code, { level, clause, meaning }]) => `${code} (${level}, ${clause}): ${meaning}\n`)
    .join('');
}

function show(text: string): number {
  process.stdout.write(text);
  return 0;
}

function usage(message: string): CannotCheck {
  return new CannotCheck(message, true);
}
