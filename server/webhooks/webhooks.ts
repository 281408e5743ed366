// The webhooks of a gateway: takes its events, gives them to each receiver, and keeps what waits in the data folder. Nothing here is
// awaited by media.

import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock.ts';
import type { EventLog } from '../event-log.ts';
import type { GatewayEvents } from '../gateway-events.ts';
import type { EndReason } from '../live/stream-state.ts';
import type { Logger } from '../log.ts';
import type { WebhookRecord } from '../settings/hook-settings.ts';
import type { Settings } from '../settings/table.ts';
import type { Store } from '../store/store.ts';
import { type Alarm, systemAlarm } from './alarm.ts';
import { type Delivery, DeliveryLog } from './delivery-log.ts';
import { QueueFile } from './queue-file.ts';
import { StreamNotices } from './stream-notices.ts';
import { type EndpointReport, streamOf, WebhookEndpoint } from './webhook-endpoint.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** How long the last events may take when the gateway stops. */
const STOP_GRACE_MS = 2_000;

export type WebhooksOptions = {
  readonly records: readonly WebhookRecord[];
  readonly maxQueue: number;
  readonly viewersIntervalMs: number;
  readonly authorities: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Limits the lines that receivers cause. */
  readonly events: EventLog;
  /** Real timers by default. */
  readonly alarm?: Alarm;
};

export function webhookOptionsOf(
  settings: Settings,
): Pick<WebhooksOptions, 'records' | 'maxQueue' | 'viewersIntervalMs'> {
  return {
    records: settings['webhooks.list'],
    maxQueue: settings['webhooks.max-queue'],
    viewersIntervalMs: settings['webhooks.viewers-interval'],
  };
}

/** What is known about webhooks, for the API. */
export type WebhookReports = {
  readonly endpoints: () => readonly EndpointReport[];
  /** The last tries, newest first. */
  readonly deliveries: () => readonly Delivery[];
  /** Sends `webhook.test` to one receiver now, once. Undefined if there is no such receiver. */
  readonly sendTest: (endpointId: string) => Promise<Delivery> | undefined;
};

export class Webhooks implements WebhookReports {
  readonly #endpoints: readonly WebhookEndpoint[];
  readonly #deliveries = new DeliveryLog();
  readonly #notices: StreamNotices;
  readonly #file: QueueFile;
  readonly #log: Logger;
  #isKept = false;

  constructor(options: WebhooksOptions) {
    const { records, clock, log, alarm = systemAlarm(log) } = options;
    const onChange = (): void => this.#file.changed();
    const common = { ...options, alarm, deliveries: this.#deliveries, onChange };
    this.#log = log;
    this.#endpoints = records.map((record) => new WebhookEndpoint({ ...common, record }));
    this.#notices = new StreamNotices({ ...options, onEvent: (event) => this.#offer(event) });
    this.#file = new QueueFile({
      clock,
      alarm,
      log,
      content: () => ({
        openStreams: [...this.#notices.openStreams],
        endpoints: this.#endpoints.map(({ id, waiting }) => ({
          id,
          events: waiting.map(({ dueMs: _, ...event }) => event),
        })),
      }),
    });
  }

  /** Listens to a gateway. Without receivers there is nothing to do. */
  watch(gateway: EventEmitter<GatewayEvents>): void {
    if (this.#endpoints.length > 0) this.#notices.watch(gateway);
  }

  /** Reads what was kept, and begins to send. Rejects with GatewayError if the folder cannot be used. */
  async open(store: Store | undefined): Promise<void> {
    if (this.#endpoints.length === 0) return;
    if (store !== undefined) await this.#restore(store);
    for (const endpoint of this.#endpoints) endpoint.start();
  }

  /** Sends what can be sent in two seconds, and keeps the rest where there is a data folder. Never rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.stop(STOP_GRACE_MS)));
    await this.#file.close();
    const waiting = this.waitingCount;
    if (waiting > 0 && !this.#isKept)
      this.#log.warn({ lost: waiting }, 'events for webhooks are lost: without data.dir they are not kept');
  }

  /** A stream is forgotten, and why its last publisher left. */
  streamRemoved(stream: string, reason: EndReason | undefined): void {
    this.#notices.removed(stream, reason);
  }

  /** Called once a second. */
  countViewers(viewersOf: (stream: string) => number): void {
    if (this.#endpoints.length > 0) this.#notices.countViewers(viewersOf);
  }

  /** Events that wait, of all receivers. */
  get waitingCount(): number {
    return this.#endpoints.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  endpoints(): readonly EndpointReport[] {
    return this.#endpoints.map((endpoint) => endpoint.report());
  }

  deliveries(): readonly Delivery[] {
    return this.#deliveries.list();
  }

  sendTest(endpointId: string): Promise<Delivery> | undefined {
    return this.#endpoints.find(({ id }) => id === endpointId)?.sendTest();
  }

  #offer(event: WebhookEvent): void {
    const events = this.#endpoints.flatMap((endpoint) => {
      const queued = endpoint.offer(event);
      return queued === undefined ? [] : [{ endpoint: endpoint.id, event: queued }];
    });
    // It is kept before it is sent, which begins in a microtask. The set of open streams changes also where no receiver wants the event.
    this.#file.accept({ type: event.type, stream: streamOf(event), events });
  }

  async #restore(store: Store): Promise<void> {
    const { endpoints, openStreams } = await this.#file.open(store);
    this.#isKept = true;
    const known = new Map(this.#endpoints.map((endpoint) => [endpoint.id, endpoint]));
    for (const { id, events } of endpoints) {
      const endpoint = known.get(id);
      if (endpoint !== undefined) endpoint.restore(events);
      else if (events.length > 0)
        this.#log.warn(
          { webhook: id, lost: events.length },
          'events are lost: the webhook that they waited for is no longer in the settings',
        );
    }
    this.#notices.lostOverRestart(openStreams);
  }
}
