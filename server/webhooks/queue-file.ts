// Keeps the waiting events of all receivers in the data folder, so that they are sent after a restart. Writing is limited: a write
// starts at once after a pause, and a fifth of a second after the one before it.

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { FaultLog } from '../guard.ts';
import { memoized } from '../memoized.ts';
import type { Store, StoreKind } from '../store/store.ts';
import type { Alarm } from './alarm.ts';
import { queuedEventSchema } from './event-queue.ts';

/** From the start of one write to the start of the next. A kill loses the events of this time at most. */
const WRITE_INTERVAL_MS = 200;

const contentSchema = memoized(() =>
  z.object({
    /** Streams whose end was not told yet. */
    openStreams: z.array(z.string()),
    endpoints: z.array(z.object({ id: z.string(), events: z.array(queuedEventSchema()) })),
  }),
);
export type QueueContent = z.infer<ReturnType<typeof contentSchema>>;

export const WEBHOOKS_KIND: StoreKind<QueueContent> = { name: 'webhooks', format: 1, schema: contentSchema };

export type QueueFileOptions = {
  /** What is kept now. */
  readonly content: () => QueueContent;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly log: FaultLog;
};

export class QueueFile {
  readonly #options: QueueFileOptions;
  #store: Store | undefined;
  #writing: Promise<void> | undefined;
  #hasChanged = false;
  #startedMs = Number.NEGATIVE_INFINITY;
  #cancelAlarm: (() => void) | undefined;

  constructor(options: QueueFileOptions) {
    this.#options = options;
  }

  /** What was kept. Rejects with GatewayError if the file cannot be used. */
  async open(store: Store): Promise<QueueContent> {
    const content = await store.read(WEBHOOKS_KIND);
    this.#store = store;
    return content ?? { openStreams: [], endpoints: [] };
  }

  /** Something has changed, and is written soon. Returns at once. */
  changed(): void {
    if (this.#store === undefined) return;
    this.#hasChanged = true;
    if (this.#writing !== undefined || this.#cancelAlarm !== undefined) return;
    const waitMs = this.#startedMs + WRITE_INTERVAL_MS - this.#options.clock.monotonicMs();
    if (waitMs > 0) this.#cancelAlarm = this.#options.alarm(waitMs, () => this.#start());
    else this.#start();
  }

  /** Writes what has changed, and stops. Never rejects. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#hasChanged) this.#start();
    await this.#writing;
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
    this.#store = undefined;
  }

  #start(): void {
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    const { content, clock, log } = this.#options;
    this.#hasChanged = false;
    this.#startedMs = clock.monotonicMs();
    try {
      await this.#store?.update(WEBHOOKS_KIND, content);
    } catch (error) {
      log.error({ err: error }, 'events of webhooks could not be kept in the data folder');
    }
    this.#writing = undefined;
    if (this.#hasChanged) this.changed();
  }
}
