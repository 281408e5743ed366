// Measures the process: its processor time, and how late its event loop runs.

import {
  type EventLoopUtilization,
  type IntervalHistogram,
  monitorEventLoopDelay,
  performance,
} from 'node:perf_hooks';
import type { MonotonicClock } from '../clock.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';

/**
 * The monitor's timer; a delay contains it. Each wakes the process, which costs more than everything else that an idle gateway does: a
 * hundred a second are nearly one percent of a core. A busy one needs them and does not notice them.
 */
const IDLE_RESOLUTION_MS = 250;
const BUSY_RESOLUTION_MS = 10;
/** Share of the last second in which the loop was busy. Between these the timer stays as it is. */
const BUSY_FROM = 0.2;
const IDLE_BELOW = 0.1;
const WINDOW_MS = 1_000;
/**
 * Windows begin half a second after the gateway's own work of every second: the monitor does not see what runs at the moment of its
 * reset.
 */
const PHASE_MS = 500;

export type ProcessNumbers = {
  /** Of one core, since the last call; all threads together. */
  readonly cpuPercent: number;
  /** Of what arrived at any moment of the last second, 99 % waited less than this for the event loop; undefined in the first second. */
  readonly loopP99Ms: number | undefined;
  readonly rssBytes: number;
};

export class ProcessMeter {
  readonly #clock: MonotonicClock;
  readonly #log: Pick<Logger, 'error'>;
  #monitor: IntervalHistogram | undefined;
  #resolutionMs = IDLE_RESOLUTION_MS;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #timer: NodeJS.Timeout | undefined;
  #loopP99Ms: number | undefined;
  #cpu = process.cpuUsage();
  #readAt: number;

  constructor(clock: MonotonicClock, log: Pick<Logger, 'error'>) {
    this.#clock = clock;
    this.#log = log;
    this.#readAt = clock.monotonicMs();
  }

  open(): void {
    this.#watch(IDLE_RESOLUTION_MS);
    const read = guarded({ log: this.#log }, () => this.#readLoop());
    const begin = guarded({ log: this.#log }, () => {
      this.#monitor?.reset();
      this.#timer = setInterval(read, WINDOW_MS).unref();
    });
    this.#timer = setTimeout(begin, PHASE_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#monitor?.disable();
    this.#monitor = undefined;
  }

  /** How late the event loop ran in the last second, 99th percentile; undefined in the first second. */
  get loopP99Ms(): number | undefined {
    return this.#loopP99Ms;
  }

  /** Called once a second. */
  measure(): ProcessNumbers {
    const [cpu, readAt] = [process.cpuUsage(), this.#clock.monotonicMs()];
    const usedMs = (cpu.user - this.#cpu.user + cpu.system - this.#cpu.system) / 1_000;
    const elapsedMs = Math.max(readAt - this.#readAt, 1);
    this.#cpu = cpu;
    this.#readAt = readAt;
    return {
      cpuPercent: Math.round((usedMs / elapsedMs) * 10_000) / 100,
      loopP99Ms: this.#loopP99Ms,
      rssBytes: process.memoryUsage.rss(),
    };
  }

  #readLoop(): void {
    const monitor = this.#monitor;
    if (monitor === undefined) return;
    this.#loopP99Ms = Math.round(waitP99(this.#delaysOf(monitor), WINDOW_MS) * 100) / 100;
    const before = this.#utilization;
    this.#utilization = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(this.#utilization, before);
    if (utilization >= BUSY_FROM) this.#watch(BUSY_RESOLUTION_MS);
    else if (utilization < IDLE_BELOW) this.#watch(IDLE_RESOLUTION_MS);
    this.#monitor?.reset();
  }

  #watch(resolutionMs: number): void {
    if (this.#monitor !== undefined && resolutionMs === this.#resolutionMs) return;
    this.#monitor?.disable();
    this.#resolutionMs = resolutionMs;
    this.#monitor = monitorEventLoopDelay({ resolution: resolutionMs });
    this.#monitor.enable();
  }

  /** Every delay of the window, the longest first, milliseconds. */
  #delaysOf(monitor: IntervalHistogram): readonly number[] {
    const { count } = monitor;
    return Array.from({ length: count }, (_, at) => {
      const ms = monitor.percentile(((count - at) / count) * 100) / 1e6;
      return Math.max(ms - this.#resolutionMs, 0);
    });
  }
}

/**
 * The wait that 1 % of all moments of a window exceed. A percentile of the delays would hide a single long one, which is one of a hundred
 * values and may be a third of the second.
 */
export function waitP99(delaysMs: readonly number[], windowMs: number): number {
  let longerMs = 0;
  for (const [at, delayMs] of delaysMs.entries()) {
    longerMs += delayMs;
    // Moments that wait longer than `waitMs` are the beginnings of the longer delays.
    const waitMs = (longerMs - windowMs / 100) / (at + 1);
    if (waitMs >= (delaysMs[at + 1] ?? 0)) return waitMs;
  }
  return 0;
}
