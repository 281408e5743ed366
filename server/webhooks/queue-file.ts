// Keeps the waiting events of all receivers in the data folder, so that they are sent after a restart. An event is in a journal before
// it is sent; the file with all of them is written again at most once a second, and shortens the journal.

import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { FaultLog } from '../guard.ts';
import { memoized } from '../memoized.ts';
import type { Journal, Store, StoreKind } from '../store/store.ts';
import type { Alarm } from './alarm.ts';
import { queuedEventSchema } from './event-queue.ts';

/** From the start of one write to the start of the next. After a kill, events that were delivered in this time are sent again. */
const WRITE_INTERVAL_MS = 1_000;

const contentSchema = memoized(() =>
  z.object({
    /** Streams whose end was not told yet. */
    openStreams: z.array(z.string()),
    endpoints: z.array(z.object({ id: z.string(), events: z.array(queuedEventSchema()) })),
    /** The last entry of the journal that is in this content. */
    journal: z.number().int().nonnegative().default(0),
  }),
);
type StoredContent = z.infer<ReturnType<typeof contentSchema>>;
/** What is kept: the waiting events of each receiver. */
export type QueueContent = Omit<StoredContent, 'journal'>;

export const WEBHOOKS_KIND: StoreKind<StoredContent> = {
  name: 'webhooks',
  format: 1,
  // Publishing and watching must not depend on messages to others.
  isSetAside: true,
  schema: contentSchema,
};

/** One event of the gateway, and what each receiver gets of it. */
const acceptedSchema = memoized(() =>
  z.object({
    type: z.string(),
    stream: z.string(),
    events: z.array(z.object({ endpoint: z.string(), event: queuedEventSchema() })),
  }),
);
export type AcceptedEvent = z.infer<ReturnType<typeof acceptedSchema>>;

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
  #journal: Journal | undefined;
  #writing: Promise<void> | undefined;
  #hasChanged = false;
  #startedMs = Number.NEGATIVE_INFINITY;
  #cancelAlarm: (() => void) | undefined;

  constructor(options: QueueFileOptions) {
    this.#options = options;
  }

  /** What was kept. Rejects with GatewayError if the folder cannot be used. */
  async open(store: Store): Promise<QueueContent> {
    const { log } = this.#options;
    const content = (await store.read(WEBHOOKS_KIND)) ?? { openStreams: [], endpoints: [], journal: 0 };
    this.#journal = await store.journal(WEBHOOKS_KIND, content.journal, log);
    this.#store = store;
    return continued(content, this.#journal, log);
  }

  /** Keeps an event. When it returns, a kill of the gateway does not lose it. */
  accept(accepted: AcceptedEvent): void {
    this.#journal?.append(accepted);
    this.changed();
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
    this.#journal?.close();
    this.#journal = undefined;
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
    const take = (): StoredContent => ({ ...content(), journal: this.#journal?.seal() ?? 0 });
    try {
      await this.#store?.update(WEBHOOKS_KIND, take);
      this.#journal?.drop();
    } catch (error) {
      log.error({ err: error }, 'events of webhooks could not be kept in the data folder');
    }
    this.#writing = undefined;
    if (this.#hasChanged) this.changed();
  }
}

/** The content of the file, and what the journal has after it. */
function continued(content: StoredContent, { entries }: Journal, log: FaultLog): QueueContent {
  const open = new Set(content.openStreams);
  const endpoints = new Map(content.endpoints.map(({ id, events }) => [id, [...events]]));
  for (const { number, value } of entries) {
    if (number <= content.journal) continue;
    const { data, error } = acceptedSchema().safeParse(value);
    if (data === undefined) {
      log.error({ err: error }, 'an entry in the journal of webhooks has an unknown form and is left out');
      continue;
    }
    if (data.type === 'stream.connecting') open.add(data.stream);
    if (data.type === 'stream.ended') open.delete(data.stream);
    for (const { endpoint, event } of data.events) {
      const events = endpoints.get(endpoint);
      if (events === undefined) endpoints.set(endpoint, [event]);
      else events.push(event);
    }
  }
  return { openStreams: [...open], endpoints: [...endpoints].map(([id, events]) => ({ id, events })) };
}
