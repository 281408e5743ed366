// Who a process is, so that it can be told from a later one with the same number: on Linux from /proc, elsewhere by number alone.

import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

export type ProcessIdentity = {
  readonly pid: number;
  /** Ticks from the system's start to the process's (proc(5), stat field 22); 0 where it is not known. */
  readonly startTicks: number;
  /**
   * A digest of the boot and of the namespace of process numbers. A process of another scope, such as one in another container
   * or on another machine, cannot be looked for by its number.
   */
  readonly scope: string;
};

const SCOPE_CHARACTERS = 12;
/** Of the fields behind the program's name, which begin with the third. */
const START_FIELD = 22 - 3;

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0, scope: ownScope() };
}

/** Whether a process of this scope lives. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  try {
    // Signal 0 is not sent (kill(2)); it is refused for a process of another user, which lives then.
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

/** The program's name is in parentheses and may hold anything, so fields are counted from the last one. */
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
