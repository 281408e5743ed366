// What a server, its load and all other programs used during some seconds.

import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOf, machineBusyMs, memoryOf } from './process-usage.ts';

export type Window = {
  readonly seconds: number;
  /** CPU milliseconds of the server. */
  readonly cpuMs: number;
  /** Proportional memory of the server at the end. */
  readonly pssMb: number;
  /** The busiest load process, in percent of a processor. */
  readonly loadPercent: number;
  /** Programs that are not part of the benchmark, in percent of a processor. */
  readonly othersPercent: number;
};

export type Watched = {
  readonly pids: readonly number[];
  readonly loadPids: readonly number[];
};

const MIB = 1024 * 1024;

/** Lets `seconds` pass. */
export async function measureWindow(watched: Watched, seconds: number): Promise<Window> {
  const before = usage(watched);
  await delay(seconds * 1000);
  const after = usage(watched);
  const elapsedMs = after.atMs - before.atMs;
  const loadMs = after.loads.map((cpuMs, index) => cpuMs - (before.loads[index] ?? 0));
  const othersMs = after.busyMs - before.busyMs - (after.ownMs - before.ownMs);
  return {
    seconds: elapsedMs / 1000,
    cpuMs: after.cpuMs - before.cpuMs,
    pssMb: memoryMb(watched.pids),
    loadPercent: (100 * Math.max(0, ...loadMs)) / elapsedMs,
    othersPercent: Math.max(0, (100 * othersMs) / elapsedMs),
  };
}

export function memoryMb(pids: readonly number[]): number {
  return memoryOf(pids).pssBytes / MIB;
}

function usage({ pids, loadPids }: Watched) {
  return {
    atMs: performance.now(),
    cpuMs: cpuMsOf(pids),
    loads: loadPids.map((pid) => cpuMsOf([pid])),
    busyMs: machineBusyMs(),
    // All processes of the run, including the server, are descendants of this one.
    ownMs: cpuMsOf([process.pid]),
  };
}
