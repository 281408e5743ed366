// What no input may do to the gateway: end it, hold up its event loop, keep its memory, or keep its descriptors.

import { setTimeout as delay } from 'node:timers/promises';
import type { AttackedGateway } from './attacked-gateway.ts';
import { type IdleProcess, type Reading, type Stall, startIdleProcess } from './process-monitor.ts';

/** The loop may be late by this much because of an input. */
export const MAX_LATE_MS = 100;
/** Room for code that was compiled meanwhile, and for the log's own buffers. */
export const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** Free blocks that `server/hls/part-arena.ts` keeps for reuse (8 MiB), and the canary's ring from its first part to a full one. */
export const MAX_BUFFER_GROWTH_BYTES = (8 + 6) * 1024 * 1024;
/** Keep-alive connections of the canary's viewer and of the questions asked meanwhile. */
export const MAX_MORE_DESCRIPTORS = 8;
/** After this long all is back. */
export const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/** What is in use after a collection. */
export type Level = {
  readonly heap: number;
  readonly arrayBuffers: number;
  /** The allocator's: reported, and not judged. */
  readonly resident: number;
  readonly descriptors: number;
};

export type Lateness = {
  /** The longest delay of the gateway's loop, milliseconds. */
  readonly lateMs: number;
  /** The longest that is left when the time is taken off for which the machine had no processor for it. */
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

  /** What is in use now; undefined when the gateway has ended or does not answer. */
  async level(): Promise<Level | undefined> {
    const reading = await this.#gateway.monitor.ask('collect');
    return reading === undefined ? undefined : levelOf(reading, this.#gateway.monitor.descriptors());
  }

  /** Lateness is counted from here on. */
  async forget(): Promise<void> {
    await Promise.all([this.#gateway.monitor.ask('forget'), this.#idle.monitor.ask('forget')]);
  }

  /** Since the last `forget`; undefined when the gateway has ended or does not answer. */
  async lateness(): Promise<Lateness | undefined> {
    const [reading, idle] = await Promise.all([
      this.#gateway.monitor.ask('read'),
      this.#idle.monitor.ask('read'),
    ]);
    return reading === undefined ? undefined : latenessOf(reading.stalls, idle?.stalls ?? []);
  }

  /** Waits until all is back at `before`, and says what is not in time. */
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

/** A sentence for each figure that is above where it was, its allowance included. */
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

/** Of each delay, the machine's share is what the thread waited for a processor, or an idle process was late by meanwhile. */
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
