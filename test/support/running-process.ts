// A child process of a test: its output is kept, its end can be awaited, and it ends with the test.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { whenDone, whenFailed } from './cleanup.ts';
import { leakSearch } from './leak-search.ts';

/** The end of a process; exactly one of `code` and `signal` is not null. */
export type ProcessEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its stderr. */
  readonly stderr: string;
};

export type RunningProcess = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<ProcessEnd>;
  /** The end of its stderr so far. */
  readonly stderr: () => string;
  /** Sends a signal (SIGTERM) and resolves when the process has ended; kills it after a timeout. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<ProcessEnd>;
};

export type ProcessOptions = {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
};

/** How much output is kept. */
const MAX_STDERR_CHARS = 64 * 1024;
/** Longer than the gateway's own drain (10 s). */
const STOP_TIMEOUT_MS = 15_000;

/** Starts a program without a shell. `exited` rejects when it cannot be started at all. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARS);
  });
  if (command === process.execPath) searchOutput(child);
  const exited = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  // A test that does not use `exited` must not fail with an unhandled rejection.
  exited.catch(() => undefined);
  whenFailed(() => `--- stderr of ${command} ${args.join(' ')}\n${stderr}`);
  whenDone(async () => {
    if (isRunning(child)) child.kill('SIGKILL');
    await exited.catch(() => undefined);
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd> => {
    if (isRunning(child)) child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    return exited.finally(() => clearTimeout(timer));
  };
  return { child, exited, stderr: () => stderr, stop };
}

/** Runs a program to its end; resolves with its stdout, throws with its stderr when it fails or hangs. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions & { readonly timeoutMs: number },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const running = startProcess(command, args, options);
  let stdout = '';
  running.child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const timer = setTimeout(() => running.child.kill('SIGKILL'), options.timeoutMs);
  const { code, signal, stderr } = await running.exited.finally(() => clearTimeout(timer));
  if (code === 0) return { stdout, stderr };
  const how =
    signal === null ? `ended with ${code}` : `was ended by ${signal} (limit ${options.timeoutMs} ms)`;
  throw new Error(`${command} ${args.join(' ')} ${how}\n${stderr}`);
}

/** Gateways are the programs that run in Node. */
function searchOutput({ stdout, stderr }: RunningProcess['child']): void {
  for (const [name, output] of Object.entries({ stdout, stderr })) {
    const saw = leakSearch.sawPieces('log', name);
    output.on('data', (text: Buffer | string) => saw(String(text)));
  }
}

function isRunning(child: RunningProcess['child']): boolean {
  return child.exitCode === null && child.signalCode === null;
}
