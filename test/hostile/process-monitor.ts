// Talks to `inside-monitor.mjs` in a child process: delays of its event loop, memory after a collection, descriptors.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const MONITOR_FILE = path.resolve(import.meta.dirname, 'inside-monitor.mjs');

/** Arguments for Node with which a process can be asked. */
export const MONITOR_ARGS: readonly string[] = ['--expose-gc', '--import', MONITOR_FILE];
/** A process that does not answer in this time counts as ended. */
const ANSWER_TIMEOUT_MS = 120_000;

/** One delay of the loop: `machineMs` of it the main thread, or a collector thread that it needs, waited for a processor. */
export type Stall = { readonly fromMs: number; readonly lateMs: number; readonly machineMs: number };

export type Reading = {
  readonly stalls: readonly Stall[];
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
};

type Answer = Reading & { readonly id: number };

export class ProcessMonitor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Reading | undefined) => void>();
  #nextId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    child.once('close', () => {
      for (const settle of this.#waiting.values()) settle(undefined);
      this.#waiting.clear();
    });
  }

  /** The current figures; `collect` collects garbage before, `forget` drops the delays seen so far. Undefined without an answer. */
  ask(ask: 'read' | 'collect' | 'forget'): Promise<Reading | undefined> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve) => {
      if (!this.#child.connected) return resolve(undefined);
      const timer = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#child.send({ id, ask }, (error) => {
        if (error === null) return;
        this.#waiting.delete(id);
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }

  /** Open descriptors of the process. */
  descriptors(): number {
    try {
      return readdirSync(`/proc/${this.#child.pid}/fd`).length;
    } catch {
      return Number.NaN;
    }
  }
}

/** An idle process, whose delays are caused by the machine. */
export type IdleProcess = { readonly monitor: ProcessMonitor; readonly stop: () => Promise<void> };

export function startIdleProcess(): IdleProcess {
  const child = spawn(process.execPath, [...MONITOR_ARGS, '-e', 'process.on("message", () => {})'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', () => {});
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    monitor: new ProcessMonitor(child),
    stop: () => {
      child.kill('SIGKILL');
      return closed;
    },
  };
}
