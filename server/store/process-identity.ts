// Identifies a process, also if its id is used again later. On Linux this uses /proc, elsewhere only the process id.

import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

export type ProcessIdentity = {
  readonly pid: number;
  /** When the process started, in ticks since boot (proc(5), stat field 22); 0 if unknown. */
  readonly startTicks: number;
  /**
   * A digest of the boot id and of the namespace of process ids. A process of another scope (another container or machine) cannot
   * be found by its id.
   */
  readonly scope: string;
};

const SCOPE_CHARACTERS = 12;
/** The index among the fields after the program's name, which start with field 3. */
const START_FIELD = 22 - 3;

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0, scope: ownScope() };
}

/** Whether a process of this scope is alive. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    // Signal 0 only checks (kill(2)). EPERM means that the process exists and belongs to another user.
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const present = startTicksOf(pid);
  return present === undefined || startTicks === 0 || present === startTicks;
}

function ownScope(): string {
  const parts = [
    readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    readOr(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, SCOPE_CHARACTERS);
}

/** The program's name is in parentheses and may contain any character, so fields are counted from the last parenthesis. */
function startTicksOf(pid: number): number | undefined {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[START_FIELD]);
  return stat === '' || !Number.isSafeInteger(ticks) ? undefined : ticks;
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
