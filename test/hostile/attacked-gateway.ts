// The built gateway in its own process, without a test runner: its log by peer address, its memory, its end.

import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { leakSearch } from '../support/leak-search.ts';
import { MONITOR_ARGS, ProcessMonitor } from './process-monitor.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
const MAIN_FILE = path.join(CHECKOUT, 'dist/server/main.js');
/** Longer than the gateway's own drain (10 s). */
const STOP_TIMEOUT_MS = 15_000;

export type LogLine = Readonly<Record<string, unknown>>;

export type AttackedGateway = {
  readonly rtmpPort: number;
  /** `http://127.0.0.1:PORT` */
  readonly httpUrl: string;
  /** Ports with TLS are zero without a certificate. */
  readonly httpsPort: number;
  readonly rtmpsPort: number;
  readonly httpPort: number;
  readonly pid: number;
  /** Delays, memory and descriptors, as measured inside the process. */
  readonly monitor: ProcessMonitor;
  readonly isRunning: () => boolean;
  /** Every line of its log. */
  readonly texts: readonly string[];
  /** The next line about the end of a connection from that address; call it before connecting. */
  readonly nextEnd: (address: string) => Promise<LogLine>;
  /** Ended connections by code, including those that the log only counted. */
  readonly endCount: (code: string) => number;
  /** Resolves with the first matching line, also a later one. */
  readonly untilLine: (matches: (line: LogLine) => boolean) => Promise<LogLine>;
  /** Resident memory, bytes. */
  readonly residentBytes: () => number;
  /** Exit code of an ended process; null if it was killed. */
  readonly exitCode: () => number | null;
  readonly stop: () => Promise<void>;
};

/** Options of the process. */
export type GatewayProcess = {
  /** Another program than the command; it prints the same ready line. */
  readonly mainFile?: string;
  /** Limits of the system for the process, as prlimit(1) takes them: `--data=900000000`, `--nofile=1024`. */
  readonly systemLimits?: readonly string[];
  /** Its standard error is a pipe that nobody reads. */
  readonly leavesLogUnread?: boolean;
  /** Settings that have no flag. */
  readonly env?: Readonly<Record<string, string>>;
};

/** No limit on log lines, because the end of each input is read from the log. */
export const EVERY_LINE: readonly string[] = ['--log-max-lines', '1000'];

/**
 * Builds if stale, starts, and waits until it listens. Rejects with its output if it does not. `nodeArgs` are for Node.
 */
export async function startAttackedGateway(
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
  { mainFile = MAIN_FILE, systemLimits = [], leavesLogUnread = false, env = {} }: GatewayProcess = {},
): Promise<AttackedGateway> {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', '--if-stale'], { cwd: CHECKOUT });
  const ports = ['--rtmp-port', '0', '--http-port', '0', '--rtmp-host', '127.0.0.1'];
  const nodeLine = [process.execPath, ...MONITOR_ARGS, ...nodeArgs, mainFile, ...ports, ...args];
  const [program = '', ...line] =
    systemLimits.length === 0 ? nodeLine : ['prlimit', ...systemLimits, ...nodeLine];
  const child = spawn(program, line, {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env, NODE_ENV: 'production' },
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const monitor = new ProcessMonitor(child);
  const log = new GatewayLog();
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the gateway was started without pipes');
  if (mainFile === MAIN_FILE) leakSearch.keepConfigured([...ports, ...args], env);
  const saw = leakSearch.sawPieces('log', 'the attacked gateway');
  for (const stream of leavesLogUnread ? [stdout] : [stdout, stderr])
    createInterface({ input: stream }).on('line', (text) => {
      log.add(text);
      saw(`${text}\n`);
    });
  const ready = await Promise.race([
    log.until((line) => line['msg'] === 'ready' && 'rtmpPort' in line),
    exited.then(() => Promise.reject(new Error(`the gateway did not start:\n${log.texts.join('\n')}`))),
  ]);
  const pid = child.pid ?? 0;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    rtmpPort: Number(ready['rtmpPort']),
    httpUrl: `http://127.0.0.1:${Number(ready['httpPort'])}`,
    httpPort: Number(ready['httpPort']),
    httpsPort: Number(ready['httpsPort'] ?? 0),
    rtmpsPort: Number(ready['rtmpsPort'] ?? 0),
    pid,
    monitor,
    isRunning,
    texts: log.texts,
    nextEnd: (address) => log.nextEnd(address),
    endCount: (code) => log.endCount(code),
    untilLine: (matches) => log.until(matches),
    residentBytes: () => residentBytes(pid),
    exitCode: () => child.exitCode,
    stop: async () => {
      if (isRunning()) child.kill('SIGTERM');
      // An unread pipe would delay the end of the process.
      stderr.resume();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited.finally(() => clearTimeout(timer));
    },
  };
}

type Waiter = { readonly matches: (line: LogLine) => boolean; readonly resolve: (line: LogLine) => void };

/** Messages at the end of a connection; other lines may be about its publications. */
const ENDS: readonly string[] = ['rtmp connection closed', 'rtmp connection refused', 'http peer refused'];

class GatewayLog {
  readonly texts: string[] = [];
  readonly #lines: LogLine[] = [];
  readonly #ends = new Map<string, (line: LogLine) => void>();
  readonly #counts = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();

  add(text: string): void {
    this.texts.push(text);
    const line = parseLine(text);
    this.#lines.push(line);
    const { code, remote, unwritten } = line;
    if (typeof code === 'string' && typeof remote === 'string') {
      const more = typeof unwritten === 'number' ? unwritten : 0;
      this.#counts.set(code, this.endCount(code) + 1 + more);
      if (ENDS.includes(String(line['msg']))) {
        this.#ends.get(remote)?.(line);
        this.#ends.delete(remote);
      }
    }
    for (const waiter of this.#waiters) {
      if (!waiter.matches(line)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(line);
    }
  }

  endCount(code: string): number {
    return this.#counts.get(code) ?? 0;
  }

  nextEnd(address: string): Promise<LogLine> {
    return new Promise((resolve) => this.#ends.set(address, resolve));
  }

  until(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const found = this.#lines.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.add({ matches, resolve }));
  }
}

/** A line that is not JSON (a crash) is kept as text. */
export function parseLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Handled below.
  }
  return { msg: text };
}

/** Linux reports resident memory in KiB (proc_pid_status(5)). */
function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
