// Time that a test moves: a clock, timers, and the date that other libraries read.
import { vi } from 'vitest';
import type { Clock } from '../../server/clock.ts';
import type { Alarm } from '../../server/webhooks/alarm.ts';
import { whenDone } from './cleanup.ts';

type Waiting = { readonly atMs: number; readonly ring: () => void };

export class FakeTime {
  readonly clock: Clock = { epochMs: () => this.#nowMs, monotonicMs: () => this.#nowMs };
  #nowMs = Date.now();
  readonly #waiting = new Set<Waiting>();

  constructor() {
    vi.useFakeTimers({ toFake: ['Date'], now: this.#nowMs });
    whenDone(() => void vi.useRealTimers());
  }

  readonly alarm: Alarm = (delayMs, ring) => {
    const waiting = { atMs: this.#nowMs + delayMs, ring };
    this.#waiting.add(waiting);
    return () => void this.#waiting.delete(waiting);
  };

  /** When the next timer rings, milliseconds from now; undefined if none is set. */
  get nextMs(): number | undefined {
    const times = [...this.#waiting].map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times) - this.#nowMs;
  }

  /** Moves the time, and rings what is due, in order. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#waiting].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#waiting.delete(next);
      this.#setTo(next.atMs);
      next.ring();
    }
    this.#setTo(untilMs);
  }

  #setTo(nowMs: number): void {
    this.#nowMs = nowMs;
    vi.setSystemTime(nowMs);
  }
}
