// Measures the process: its processor time, and how late its event loop runs.

import {
  type EventLoopUtilization,
  type IntervalHistogram,
  monitorEventLoopDelay,
  performance,
} from 'node:perf_hooks';
import type { MonotonicClock } from '../clock.ts';
import { everySeconds } from '../every-seconds.ts';
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
/**
 * In a second in which the loop was busy for less than 20 ms, 99 % of all moments waited for less than 10 ms, and for nothing if it was
 * busy for less than 10 ms: that needs no monitor. The mean of some seconds decides, because other processes may delay a single one.
 */
const MONITORED_FROM = 0.02;
const UNMONITORED_BELOW = 0.015;
const MEAN_SECONDS = 5;
const WINDOW_MS = 1_000;
/**
 * Windows of the monitor begin half a second after the gateway's own work of every second: the monitor does not see what runs at the
 * moment of its reset.
 */
const PHASE_MS = 500;

export type ProcessNumbers = {
  /** Of one core, since the last call; all threads together. */
  readonly cpuPercent: number;
  /**
   * Of what arrived at any moment of the last second, 99 % waited less than this for the event loop; undefined in the first second, and while
   * a process that was idle becomes busy.
   */
  readonly loopP99Ms: number | undefined;
  readonly rssBytes: number;
};

export class ProcessMeter {
  readonly #clock: MonotonicClock;
  readonly #log: Pick<Logger, 'error'>;
  #monitor: IntervalHistogram | undefined;
  #resolutionMs: number | undefined;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #meanUtilization = 0;
  #window: NodeJS.Timeout | undefined;
  #stop: (() => void) | undefined;
  #loopP99Ms: number | undefined;
  #cpu = process.cpuUsage();
  #readAt: number;

  constructor(clock: MonotonicClock, log: Pick<Logger, 'error'>) {
    this.#clock = clock;
    this.#log = log;
    this.#readAt = clock.monotonicMs();
  }

  open(): void {
    this.#utilization = performance.eventLoopUtilization();
    this.#stop = everySeconds(1, { log: this.#log }, () => this.#look());
  }

  close(): void {
    this.#stop?.();
    this.#watch(undefined);
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

  /** Called once a second: starts or stops the monitor, and does its work while there is none. */
  #look(): void {
    const before = this.#utilization;
    this.#utilization = performance.eventLoopUtilization();
    const { active, idle, utilization } = performance.eventLoopUtilization(this.#utilization, before);
    this.#meanUtilization += (utilization - this.#meanUtilization) / MEAN_SECONDS;
    const resolutionMs = resolutionFor(utilization, this.#meanUtilization, this.#resolutionMs);
    if (this.#monitor === undefined || resolutionMs === undefined)
      // With more work it matters whether it came in one piece.
      this.#loopP99Ms = utilization < IDLE_BELOW ? longestP99(active, active + idle) : undefined;
    this.#watch(resolutionMs);
  }

  #watch(resolutionMs: number | undefined): void {
    if (resolutionMs === this.#resolutionMs) return;
    clearTimeout(this.#window);
    this.#monitor?.disable();
    this.#resolutionMs = resolutionMs;
    this.#monitor =
      resolutionMs === undefined ? undefined : monitorEventLoopDelay({ resolution: resolutionMs });
    if (this.#monitor === undefined) return;
    this.#monitor.enable();
    const read = guarded({ log: this.#log }, () => this.#readMonitor());
    const begin = guarded({ log: this.#log }, () => {
      this.#monitor?.reset();
      this.#window = setInterval(read, WINDOW_MS).unref();
    });
    this.#window = setTimeout(begin, PHASE_MS).unref();
  }

  #readMonitor(): void {
    if (this.#monitor === undefined) return;
    this.#loopP99Ms = rounded(waitP99(this.#delaysOf(this.#monitor), WINDOW_MS));
    this.#monitor.reset();
  }

  /** Every delay of the window, the longest first, milliseconds. */
  #delaysOf(monitor: IntervalHistogram): readonly number[] {
    const { count } = monitor;
    return Array.from({ length: count }, (_, at) => {
      const ms = monitor.percentile(((count - at) / count) * 100) / 1e6;
      return Math.max(ms - (this.#resolutionMs ?? 0), 0);
    });
  }
}

/**
 * The timer of the monitor; undefined if it needs none.
 * @param utilization share of the last second in which the loop was busy
 * @param mean the same for some seconds
 */
export function resolutionFor(
  utilization: number,
  mean: number,
  presentMs: number | undefined,
): number | undefined {
  if (utilization >= BUSY_FROM) return BUSY_RESOLUTION_MS;
  if (utilization >= IDLE_BELOW) return presentMs ?? IDLE_RESOLUTION_MS;
  return mean < (presentMs === undefined ? MONITORED_FROM : UNMONITORED_BELOW)
    ? undefined
    : IDLE_RESOLUTION_MS;
}

/** What `waitP99` is at most: all work of the window came in one piece. */
export function longestP99(busyMs: number, windowMs: number): number {
  return rounded(Math.max(busyMs - windowMs / 100, 0));
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
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
