// Usage of processes from proc(5): CPU time of process trees, memory, and the load of the whole machine.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child-process.ts';

export type Memory = {
  /** Resident: shared pages count fully in each process. */
  readonly rssBytes: number;
  /** Proportional: shared pages divided among those who share them. */
  readonly pssBytes: number;
};

/** USER_HZ, the unit of times in /proc, is 100 on every Linux that Node runs on. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat after the command's name, which may contain spaces. */
const STAT = { parent: 1, userTime: 11, systemTime: 12, reapedUserTime: 13, reapedSystemTime: 14 } as const;
/** user, nice, system, (idle, iowait,) irq, softirq, steal of the first line of /proc/stat. */
const BUSY_COLUMNS = [0, 1, 2, 5, 6, 7];
const LISTEN_TIMEOUT_MS = 20_000;
/** Small beside the shortest start, and cheap. */
const LISTEN_POLL_MS = 2;

/** CPU milliseconds of the processes, their descendants, and ended children. */
export function cpuMsOf(roots: readonly number[]): number {
  let ticks = 0;
  for (const pid of treesOf(roots)) {
    const stat = statOf(pid);
    for (const at of [STAT.userTime, STAT.systemTime, STAT.reapedUserTime, STAT.reapedSystemTime]) {
      ticks += Number(stat?.[at] ?? 0);
    }
  }
  return ticks * TICK_MS;
}

/** Memory of the processes and their descendants. */
export function memoryOf(roots: readonly number[]): Memory {
  let rssBytes = 0;
  let pssBytes = 0;
  for (const pid of treesOf(roots)) {
    const text = readProc(`/proc/${pid}/smaps_rollup`) ?? '';
    rssBytes += kibOf(text, 'Rss') * 1024;
    pssBytes += kibOf(text, 'Pss') * 1024;
  }
  return { rssBytes, pssBytes };
}

/** CPU milliseconds of all processors since boot, including time taken by the host. */
export function machineBusyMs(): number {
  const columns = readProc('/proc/stat')?.split('\n')[0]?.trim().split(/\s+/).slice(1) ?? [];
  return BUSY_COLUMNS.reduce((sum, column) => sum + Number(columns[column] ?? 0), 0) * TICK_MS;
}

/** Whether some process listens on this TCP port, without connecting to it (proc_net_tcp: state 0A). */
export function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readProc(file)?.split('\n') ?? []);
  return lines.some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${hex}`);
  });
}

/** Resolves when all ports listen. Throws with the child's messages if it ends before, or after a timeout. */
export async function untilListening(child: Child, ports: readonly number[]): Promise<void> {
  const deadline = performance.now() + LISTEN_TIMEOUT_MS;
  while (!ports.every(isListening)) {
    if (child.process.exitCode !== null || performance.now() > deadline) {
      throw new Error(`process ${child.pid} does not listen on port ${ports.join(', ')}:\n${child.stderr()}`);
    }
    await delay(LISTEN_POLL_MS);
  }
}

/** The processes and their descendants. */
export function treesOf(roots: readonly number[]): readonly number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))?.[STAT.parent] ?? 0);
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [Number(name)]);
    else siblings.push(Number(name));
  }
  const found: number[] = [];
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...(childrenOf.get(pid) ?? []));
  }
  return found;
}

function statOf(pid: number): readonly string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function kibOf(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

/** A process may end between listing and reading. */
function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
