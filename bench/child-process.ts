// Child processes of the run: the end of their output is kept, and they end with the run.

import { type ChildProcess, spawn } from 'node:child_process';
import { whenOver } from './clean-up.ts';

export type Child = {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves with how it ended; never rejects. */
  readonly ended: Promise<string>;
  /** The last of what it wrote to stderr. */
  readonly stderr: () => string;
  /** SIGTERM, then SIGKILL when that does not help. Safe to call twice. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
};

export type ChildOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Opens an IPC channel. */
  readonly withMessages?: boolean;
};

const MAX_STDERR_CHARS = 16 * 1024;
/** Longer than the gateway's own drain. */
const STOP_TIMEOUT_MS = 12_000;

const running = new Set<ChildProcess>();
// For an exit without clean-up.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program without a shell. Throws when it cannot be started. */
export async function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Child> {
  const { cwd, env, withMessages = false } = options;
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...(withMessages ? (['ipc'] as const) : [])],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
  });
  return track(child, command);
}

/** Registers a spawned process for clean-up. */
export function track(child: ChildProcess, command: string): Child {
  running.add(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(`${command} ended (${signal ?? code})`);
    });
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (!running.has(child)) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended.finally(() => clearTimeout(timer));
  };
  const forget = whenOver(() => stop());
  void ended.then(forget);
  return { process: child, pid: child.pid ?? 0, ended, stderr: () => stderr, stop };
}

/** Runs a program to its end. @returns its stdout; throws with its stderr when it fails or takes too long */
export async function runToEnd(
  command: string,
  args: readonly string[],
  limits: { readonly timeoutMs: number; readonly cwd?: string },
): Promise<string> {
  const { cwd } = limits;
  const child = await startChild(command, args, cwd === undefined ? {} : { cwd });
  let stdout = '';
  child.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const timer = setTimeout(() => child.process.kill('SIGKILL'), limits.timeoutMs);
  const closed = new Promise<void>((resolve) => child.process.once('close', () => resolve()));
  const end = await child.ended.finally(() => clearTimeout(timer));
  await closed;
  if (child.process.exitCode === 0) return stdout;
  throw new Error(`${end}: ${args.join(' ')}\n${child.stderr()}`);
}
