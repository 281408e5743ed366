// Judges a gateway: no input may end it, block its event loop, or keep memory or descriptors.

import { setTimeout as delay } from 'node:timers/promises';
import type { AttackedGateway } from './attacked-gateway.ts';
import { type IdleProcess, type Reading, type Stall, startIdleProcess } from './process-monitor.ts';

/** Longest delay of the event loop because of an input. */
export const MAX_LATE_MS = 100;
/**
 * For code that was compiled during the run, and the log's buffers. Heap snapshots show 9.7 MB after all scenes: 7.1 of code, 1.8 of
 * shapes and closures, 0.8 of strings.
 */
export const MAX_GROWTH_BYTES = 12 * 1024 * 1024;
/** Free blocks that `server/hls/part-arena.ts` keeps for reuse, and the canary's ring from its first part to a full one. */
export const MAX_BUFFER_GROWTH_BYTES = (2 + 6) * 1024 * 1024;
/** Keep-alive connections of the canary's viewer and of the oracle. */
export const MAX_MORE_DESCRIPTORS = 8;
/** Time after which everything must be released. */
export const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/** Usage after a collection. */
export type Level = {
  readonly heap: number;
  readonly arrayBuffers: number;
  /** Depends on the allocator; reported and not judged. */
  readonly resident: number;
  readonly descriptors: number;
};

export type Lateness = {
  /** The longest delay of the gateway's loop, milliseconds. */
  readonly lateMs: number;
  /** The longest delay without the time for which the machine had no processor for the gateway. */
  readonly ownMs: number;
  /** The longest delay of an idle process at the same time. */
  readonly idleMs: number;
};

export class Oracle {
  readonly #gateway: AttackedGateway;
  readonly #idle: IdleProcess;

  constructor(gateway: AttackedGateway) {
    this.#gateway = gateway;
    this.#idle = startIdleProcess();
  }

  /** Current usage; undefined if the gateway has ended or does not answer. */
  async level(): Promise<Level | undefined> {
    const reading = await this.#gateway.monitor.ask('collect');
    return reading === undefined ? undefined : levelOf(reading, this.#gateway.monitor.descriptors());
  }

  /** Starts a new measurement of delays. */
  async forget(): Promise<void> {
    await Promise.all([this.#gateway.monitor.ask('forget'), this.#idle.monitor.ask('forget')]);
  }

  /** Since the last `forget`; undefined if the gateway has ended or does not answer. */
  async lateness(): Promise<Lateness | undefined> {
    const [reading, idle] = await Promise.all([
      this.#gateway.monitor.ask('read'),
      this.#idle.monitor.ask('read'),
    ]);
    return reading === undefined ? undefined : latenessOf(reading.stalls, idle?.stalls ?? []);
  }

  /** Waits until usage is back at `before`; returns what is not. */
  async untilBack(
    before: Level,
    withinMs = BACK_WITHIN_MS,
  ): Promise<{ readonly level: Level | undefined; readonly ms: number; readonly faults: readonly string[] }> {
    const startedAt = performance.now();
    for (;;) {
      const level = await this.level();
      const faults = level === undefined ? ['the gateway did not answer'] : growth(before, level);
      const ms = performance.now() - startedAt;
      if (level === undefined || faults.length === 0 || ms > withinMs) return { level, ms, faults };
      await delay(LOOK_EVERY_MS);
    }
  }

  stop(): Promise<void> {
    return this.#idle.stop();
  }
}

function levelOf({ heapUsed, arrayBuffers, rss }: Reading, descriptors: number): Level {
  return { heap: heapUsed, arrayBuffers, resident: rss, descriptors };
}

/** A sentence for each figure that exceeds its former value and allowance. */
export function growth(before: Level, after: Level): string[] {
  const faults: string[] = [];
  const allowed = { heap: MAX_GROWTH_BYTES, arrayBuffers: MAX_BUFFER_GROWTH_BYTES };
  for (const kind of ['heap', 'arrayBuffers'] as const)
    if (after[kind] - before[kind] > allowed[kind])
      faults.push(`${kind} grew from ${before[kind]} to ${after[kind]} bytes`);
  if (after.descriptors - before.descriptors > MAX_MORE_DESCRIPTORS)
    faults.push(`descriptors grew from ${before.descriptors} to ${after.descriptors}`);
  return faults;
}

/** The machine's share of a delay: the wait for a processor, or the delay of an idle process at the same time. */
export function latenessOf(stalls: readonly Stall[], idle: readonly Stall[]): Lateness {
  const longest = (values: readonly number[]): number =>
    values.reduce((most, each) => Math.max(most, each), 0);
  return {
    lateMs: longest(stalls.map(({ lateMs }) => lateMs)),
    ownMs: longest(
      stalls.map((stall) => {
        const endMs = stall.fromMs + stall.lateMs;
        const beside = idle.filter(({ fromMs, lateMs }) => fromMs < endMs && fromMs + lateMs > stall.fromMs);
        return stall.lateMs - Math.max(stall.machineMs, ...beside.map(({ lateMs }) => lateMs));
      }),
    ),
    idleMs: longest(idle.map(({ lateMs }) => lateMs)),
  };
}
