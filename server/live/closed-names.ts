// Names that cannot be published for a time, because an operator ended their streams. Kept in memory only.

import type { Clock } from '../clock.ts';

/** The number of streams that a gateway has by default; the oldest is opened first. */
const MAX_CLOSED = 1_000;

/** `until` is milliseconds since the Unix epoch, for display. */
export type ClosedName = { readonly name: string; readonly until: number };

export class ClosedNames {
  /** By name, until when: monotonic milliseconds. */
  readonly #until = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replaces an earlier time; 0 opens the name. */
  close(name: string, forMs: number): void {
    this.#until.delete(name);
    if (forMs <= 0) return;
    this.#forgetOver();
    const [oldest] = this.#until.keys();
    if (this.#until.size >= MAX_CLOSED && oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(name, this.#clock.monotonicMs() + forMs);
  }

  /** @returns false if the name was not closed */
  open(name: string): boolean {
    const wasClosed = this.remainingMs(name) > 0;
    this.#until.delete(name);
    return wasClosed;
  }

  /** How long a name stays closed; 0 if it is not. */
  remainingMs(name: string): number {
    const until = this.#until.get(name);
    return until === undefined ? 0 : Math.max(until - this.#clock.monotonicMs(), 0);
  }

  list(): readonly ClosedName[] {
    this.#forgetOver();
    const nowMs = this.#clock.epochMs();
    return [...this.#until.keys()].map((name) => ({ name, until: nowMs + this.remainingMs(name) }));
  }

  #forgetOver(): void {
    for (const name of this.#until.keys()) if (this.remainingMs(name) === 0) this.#until.delete(name);
  }
}
