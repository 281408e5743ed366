// Keeps the measured server on the first processor and the load on the others, so that "of a core" is literal.

import os from 'node:os';
import { runToEnd } from './child-process.ts';
import { treesOf } from './process-usage.ts';
import { findTaskset } from './programs.ts';

export type Pinning = {
  /** Moves the server with all its processes and threads to the first processor. */
  readonly server: (pids: readonly number[]) => Promise<void>;
  /** Moves this process, whose children inherit it, away from the server's processor. */
  readonly load: () => Promise<void>;
  /** Lets this process and its later children use all processors. */
  readonly none: () => Promise<void>;
};

const TIMEOUT_MS = 10_000;

/** Undefined if the machine has one processor, or no taskset. */
export function findPinning(): Pinning | undefined {
  const taskset = findTaskset();
  const count = os.cpus().length;
  if (taskset === undefined || count < 2) return undefined;
  const pin = async (pids: readonly number[], processors: string): Promise<void> => {
    for (const pid of pids) {
      await runToEnd(taskset, ['-a', '-c', '-p', processors, String(pid)], { timeoutMs: TIMEOUT_MS });
    }
  };
  return {
    server: (pids) => pin(treesOf(pids), '0'),
    load: () => pin([process.pid], `1-${count - 1}`),
    none: () => pin([process.pid], `0-${count - 1}`),
  };
}
