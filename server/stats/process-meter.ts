// Measures the process: its processor time, and how late its event loop runs.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { MonotonicClock } from '../clock.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';

/** The monitor's timer; a delay contains it. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 1_000;
/**
 * Windows begin half a second after the gateway's own work of every second: the monitor does not see what runs at the moment of its
 * reset.
 */
const PHASE_MS = 500;

export type ProcessNumbers = {
  /** Of one core, since the last call; all threads together. */
  readonly cpuPercent: number;
  /** How late the event loop ran in the last second, 99th percentile; undefined in the first second. */
  readonly loopP99Ms: number | undefined;
  readonly rssBytes: number;
};

export class ProcessMeter {
  readonly #clock: MonotonicClock;
  readonly #log: Pick<Logger, 'error'>;
  #monitor: IntervalHistogram | undefined;
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
    this.#monitor ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#monitor.enable();
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
    const delayMs = monitor.percentile(99) / 1e6 - RESOLUTION_MS;
    this.#loopP99Ms = Math.round(Math.max(delayMs, 0) * 100) / 100;
    monitor.reset();
  }
}
