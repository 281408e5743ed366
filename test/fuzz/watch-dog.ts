// Ends what never ends. The time limit is one that only node:vm has, and it counts the clock; processor time tells a loop
// without end from a machine that had no time for us.

import { Script } from 'node:vm';

export type WatchDogLimits = {
  /** By the clock, until it looks. */
  readonly timeoutMs: number;
  /** Of the processor, for one run that had it all to itself. */
  readonly endlessCpuMs: number;
};

/** An input may run for a tenth of a second; what has used fifty times that will not come back. */
const LIMITS: WatchDogLimits = { timeoutMs: 30_000, endlessCpuMs: 5_000 };

const GUARD_SCRIPT = new Script('fuzzedWork()');

/** Does the work. @returns false when it was cut off, wherever it was */
export function finishes(work: () => void, { timeoutMs } = LIMITS): boolean {
  Object.assign(globalThis, { fuzzedWork: work });
  try {
    GUARD_SCRIPT.runInThisContext({ timeout: timeoutMs });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return false;
    throw error;
  }
}

/** Runs until it ends or has had the processor for long enough. */
export function isEndless(run: () => void, limits = LIMITS): boolean {
  for (;;) {
    const before = process.cpuUsage();
    if (finishes(run, limits)) return false;
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 >= limits.endlessCpuMs) return true;
  }
}
