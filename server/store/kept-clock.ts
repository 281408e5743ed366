// A wall clock that never goes back, not even over a restart with the system's clock set back, where there is a data folder. Media
// sequence numbers are counted by it (decision 3).

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { memoized } from '../memoized.ts';
import type { Store, StoreKind } from './store.ts';

/** How often the time is written. A killed process has counted at most this much further, and what the write took. */
const KEEP_INTERVAL_MS = 60_000;
const WRITE_MS = 30_000;

/** The latest time that was counted, milliseconds since the Unix epoch. */
export const CLOCK_KIND: StoreKind<{ latestMs: number }> = {
  name: 'clock',
  format: 1,
  // Without it the system's clock counts, which is right unless it was set back.
  isSetAside: true,
  schema: memoized(() => z.object({ latestMs: z.number().nonnegative() })),
};

export class KeptClock {
  readonly #clock: Clock;
  readonly #log: FaultLog;
  #store: Store | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The time at `#openedMs` of the monotonic clock was at least this. */
  #leastMs = 0;
  #openedMs = 0;

  constructor(clock: Clock, log: FaultLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Milliseconds since the Unix epoch; ahead of the system's clock while that is behind what was counted before. */
  epochMs(): number {
    const sinceOpenMs = this.#clock.monotonicMs() - this.#openedMs;
    return Math.max(this.#clock.epochMs(), this.#leastMs + sinceOpenMs);
  }

  /** Continues from the time that `store` has, and keeps it there. Rejects with GatewayError if it cannot be read or written. */
  async open(store: Store | undefined): Promise<void> {
    if (store === undefined) return;
    const kept = await store.read(CLOCK_KIND);
    this.#openedMs = this.#clock.monotonicMs();
    this.#leastMs = kept === undefined ? 0 : kept.latestMs + KEEP_INTERVAL_MS + WRITE_MS;
    this.#store = store;
    await this.#keep();
    const keep = guarded({ log: this.#log }, () => void this.#keep().catch((error) => this.#tell(error)));
    this.#timer = setInterval(keep, KEEP_INTERVAL_MS).unref();
  }

  /** Keeps the time once more. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keep().catch((error) => this.#tell(error));
    this.#store = undefined;
  }

  async #keep(): Promise<void> {
    await this.#store?.update(CLOCK_KIND, (kept) => ({
      latestMs: Math.max(Math.ceil(this.epochMs()), kept?.latestMs ?? 0),
    }));
  }

  #tell(error: unknown): void {
    this.#log.error({ err: error }, 'the time could not be kept in the data folder');
  }
}
