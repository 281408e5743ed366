// Stops endless runs. Only node:vm has a time limit, and it uses the clock. Processor time distinguishes an endless loop
// from a busy machine.

import { Script } from 'node:vm';

export type WatchDogLimits = {
  /** Clock time until it checks. */
  readonly timeoutMs: number;
  /** Processor time of one run. */
  readonly endlessCpuMs: number;
};

/** An input may run for a tenth of a second; a run that has used fifty times that is endless. */
const LIMITS: WatchDogLimits = { timeoutMs: 30_000, endlessCpuMs: 5_000 };

const GUARD_SCRIPT = new Script('fuzzedWork()');

/** Runs the work. @returns false when it was interrupted */
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

/** Runs until it ends or has used enough processor time. */
export function isEndless(run: () => void, limits = LIMITS): boolean {
  for (;;) {
    const before = process.cpuUsage();
    if (finishes(run, limits)) return false;
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 >= limits.endlessCpuMs) return true;
  }
}
