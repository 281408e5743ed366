// How much memory this process may use: the machine's, the container's (cgroup), and the process's own limits (getrlimit(2)).

import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** Limits of writable and of all memory, as proc_pid_limits(5) names them; soft values apply. */
const LIMIT_LINES = [/^Max data size\s+(\d+)/m, /^Max address space\s+(\d+)/m];

/** In bytes; read at each call. */
export function availableMemoryBytes(): number {
  // 0 or about 2^64 if no cgroup sets a limit.
  const constrained = process.constrainedMemory();
  const limits = constrained > 0 ? [totalmem(), constrained] : [totalmem()];
  return Math.min(...limits, ...processLimits(readLimits()));
}

/** The soft limits that `text`, the contents of /proc/self/limits, sets; "unlimited" sets none. */
function processLimits(text: string): readonly number[] {
  return LIMIT_LINES.flatMap((line) => {
    const found = line.exec(text)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
}

/** Empty if there is no such file: only Linux has it. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
