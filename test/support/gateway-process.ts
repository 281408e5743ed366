// The built gateway in its own process, on free ports from its ready line.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { leakSearch } from './leak-search.ts';
import { type ProcessEnd, startProcess } from './running-process.ts';

export const CHECKOUT = path.resolve(import.meta.dirname, '../..');

/** One line of the gateway's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level?: string; readonly msg?: string };

export type GatewayProcess = {
  readonly rtmpPort: number;
  readonly httpPort: number;
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly httpUrl: string;
  /** The whole ready line. */
  readonly ready: LogLine;
  readonly pid: number;
  /** `rtmp://127.0.0.1:PORT/live/NAME` */
  readonly rtmpUrl: (name: string) => string;
  /** Path of a page or playlist made absolute. */
  readonly url: (pathAndQuery: string) => string;
  /** Every log line so far, oldest first. */
  readonly logs: readonly LogLine[];
  /** The first matching line, also a later one; rejects when the gateway ends or after a timeout. */
  readonly waitForLog: (matches: (line: LogLine) => boolean, timeoutMs?: number) => Promise<LogLine>;
  readonly exited: Promise<ProcessEnd>;
  /** Sends SIGTERM (or another signal) and resolves with the exit code, null if a signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

export type GatewayOptions = {
  /** Added after `--rtmp-port 0 --http-port 0`; a later flag wins. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

type LogWaiter = { readonly matches: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void };

export const MAIN_FILE = path.join(CHECKOUT, 'dist/server/main.js');
const LOG_TIMEOUT_MS = 20_000;
const READY_TIMEOUT_MS = 20_000;

let freshBuild: Promise<unknown> | undefined;

/** Starts the gateway and waits until it listens. Throws with its stderr when it does not. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayProcess> {
  await ensureFreshBuild();
  const flags = ['--rtmp-port', '0', '--http-port', '0', ...(options.args ?? [])];
  const args = [MAIN_FILE, ...flags];
  leakSearch.keepConfigured(flags, { ...options.env });
  const running = startProcess(process.execPath, args, {
    cwd: CHECKOUT,
    env: { NODE_ENV: 'production', ...options.env },
  });
  const log = collectLines();
  createInterface({ input: running.child.stderr }).on('line', log.add);
  createInterface({ input: running.child.stdout }).on('line', log.add);
  const waitForLog: GatewayProcess['waitForLog'] = async (matches, timeoutMs = LOG_TIMEOUT_MS) => {
    const found = log.lines.find(matches);
    if (found !== undefined) return found;
    return firstOf(log.next(matches), running.exited, timeoutMs, running.stderr);
  };
  const ready = await waitForLog((line) => line.msg === 'ready' && 'rtmpPort' in line, READY_TIMEOUT_MS);
  const dataAt = flags.lastIndexOf('--data-dir');
  if (dataAt >= 0) leakSearch.keepStored(flags[dataAt + 1] ?? '');
  const rtmpPort = portOf(ready, 'rtmpPort');
  const httpPort = portOf(ready, 'httpPort');
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  return {
    rtmpPort,
    httpPort,
    httpUrl,
    ready,
    pid: running.child.pid ?? 0,
    rtmpUrl: (name) => `rtmp://127.0.0.1:${rtmpPort}/live/${name}`,
    url: (pathAndQuery) => new URL(pathAndQuery, httpUrl).href,
    logs: log.lines,
    waitForLog,
    exited: running.exited,
    stop: async (signal) => (await running.stop(signal)).code,
  };
}

/** Builds dist if it is stale. */
export function ensureFreshBuild(): Promise<unknown> {
  freshBuild ??= promisify(execFile)(process.execPath, ['scripts/build.mjs', '--if-stale'], {
    cwd: CHECKOUT,
  });
  return freshBuild;
}

/** Log lines; a line that is not JSON (a crash) is kept as text. */
function collectLines() {
  const lines: LogLine[] = [];
  const waiters = new Set<LogWaiter>();
  return {
    lines,
    add: (text: string): void => {
      const line = parseLine(text);
      lines.push(line);
      for (const waiter of waiters) {
        if (!waiter.matches(line)) continue;
        waiters.delete(waiter);
        waiter.resolve(line);
      }
    },
    next: (matches: (line: LogLine) => boolean): Promise<LogLine> =>
      new Promise((resolve) => waiters.add({ matches, resolve })),
  };
}

function parseLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Not JSON: kept as text below.
  }
  return { msg: text };
}

/** The awaited line, or an error with the reason. */
function firstOf(
  line: Promise<LogLine>,
  exited: Promise<ProcessEnd>,
  timeoutMs: number,
  stderr: () => string,
): Promise<LogLine> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}; the gateway's stderr:\n${stderr()}`));
    const timer = setTimeout(
      () => fail(`the awaited log line did not come within ${timeoutMs} ms`),
      timeoutMs,
    );
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    line.then((found) => settle(() => resolve(found)));
    exited.then(
      ({ code, signal }) =>
        settle(() => fail(`the gateway ended (${signal ?? code}) before the awaited log line`)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}

function portOf(line: LogLine, key: string): number {
  const value = line[key];
  if (typeof value === 'number') return value;
  throw new Error(`the ready line has no number ${key}: ${JSON.stringify(line)}`);
}
