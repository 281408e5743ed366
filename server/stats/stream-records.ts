// The records of all streams by name. That of a forgotten stream is kept for a while, so that an operator can read what happened.

import type { MonotonicClock } from '../clock.ts';
import { StreamRecord } from './stream-record.ts';

/** About 300 kB each at most. */
const MAX_FORGOTTEN = 50;
/** The length of the history. */
const KEPT_MS = 3_600_000;

export class StreamRecords {
  readonly #clock: MonotonicClock;
  readonly #records = new Map<string, StreamRecord>();
  /** When each stream was forgotten, the oldest first. Wall clocks step. */
  readonly #forgottenAt = new Map<string, number>();

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  [Symbol.iterator](): IterableIterator<[string, StreamRecord]> {
    return this.#records.entries();
  }

  get(name: string): StreamRecord | undefined {
    return this.#records.get(name);
  }

  /** An empty record for a name without one. */
  of(name: string): StreamRecord {
    return this.#records.get(name) ?? new StreamRecord();
  }

  /** A stream begins, possibly under a name that had one before. */
  open(name: string): void {
    this.#forgottenAt.delete(name);
    if (!this.#records.has(name)) this.#records.set(name, new StreamRecord());
  }

  /** A stream is forgotten. */
  close(name: string, isWorthKeeping: boolean): void {
    if (!isWorthKeeping && !this.#hasMedia(name)) {
      this.#records.delete(name);
      return;
    }
    this.#forgottenAt.set(name, this.#clock.monotonicMs());
    const [oldest] = this.#forgottenAt.keys();
    if (this.#forgottenAt.size > MAX_FORGOTTEN && oldest !== undefined) this.#remove(oldest);
  }

  /** Removes records that are too old. */
  forget(): void {
    const since = this.#clock.monotonicMs() - KEPT_MS;
    for (const [name, at] of this.#forgottenAt) if (at < since) this.#remove(name);
  }

  /** An earlier stream of this name had media. */
  #hasMedia(name: string): boolean {
    return this.#records.get(name)?.media !== undefined;
  }

  #remove(name: string): void {
    this.#forgottenAt.delete(name);
    this.#records.delete(name);
  }
}
