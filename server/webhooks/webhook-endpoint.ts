// One receiver of events: sends what waits for it, signed, and tries again over hours (Standard Webhooks 1.0.0). 2xx is success, 410
// ends it, everything else is a failure. Redirects are not followed.

import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { PostFault, post } from '../outbound/http-post.ts';
import { newMessageId, signedHeaders } from '../outbound/webhook-signature.ts';
import { DEFAULT_EVENT_TYPES, type WebhookRecord } from '../settings/hook-settings.ts';
import type { Alarm } from './alarm.ts';
import type { Delivery, DeliveryLog } from './delivery-log.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { RETRY_DELAYS_MS, retryDelayMs } from './retry-schedule.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** Standard Webhooks recommends 15 to 30 s. */
const DEADLINE_MS = 15_000;
/** Requests to one receiver at the same time, each for another stream. */
const MAX_SENDING = 4;
const GONE = 410;
const ID_DIGITS = 10;

export type EndpointOptions = {
  readonly record: WebhookRecord;
  readonly maxQueue: number;
  readonly authorities: string | undefined;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly log: FaultLog;
  readonly events: EventLog;
  readonly deliveries: DeliveryLog;
  /** The queue has changed. */
  readonly onChange: () => void;
};

/** Totals since the start. `failed` are tries; `lost` are events that were given up, or dropped from a full queue. */
export type EndpointTotals = { delivered: number; failed: number; lost: number };

/** For the API. The path of the address is left out, because it can be a secret. */
export type EndpointReport = EndpointTotals & {
  readonly id: string;
  readonly origin: string;
  readonly events: readonly string[];
  /** Absent: all. */
  readonly streams?: readonly string[];
  readonly waiting: number;
  readonly isGone: boolean;
};

/** An event as it is kept over a restart. */
type KeptEvent = Omit<QueuedEvent, 'dueMs'>;
type Outcome = Pick<Delivery, 'result' | 'status' | 'fault'>;

export class WebhookEndpoint {
  readonly id: string;
  readonly totals: EndpointTotals = { delivered: 0, failed: 0, lost: 0 };
  readonly #options: EndpointOptions;
  readonly #queue: EventQueue;
  readonly #secrets: readonly string[];
  readonly #types: readonly string[];
  readonly #origin: string;
  #cancelAlarm: () => void = () => {};
  #isPumping = false;
  #isGone = false;
  /** Aborted while it is closed. */
  #running = new AbortController();
  #onIdle: (() => void) | undefined;

  constructor(options: EndpointOptions) {
    const { url, secret, events } = options.record;
    this.#options = options;
    this.#queue = new EventQueue(options.maxQueue);
    this.#secrets = secret.split(' ');
    this.#types = events ?? DEFAULT_EVENT_TYPES;
    this.#origin = new URL(url).origin;
    this.id = `wh_${createHash('sha256').update(url).digest('hex').slice(0, ID_DIGITS)}`;
  }

  /** Events that wait, in order of arrival. */
  get waiting(): readonly QueuedEvent[] {
    return this.#queue.list();
  }

  report(): EndpointReport {
    const { streams } = this.#options.record;
    return {
      id: this.id,
      origin: this.#origin,
      events: this.#types,
      ...(streams === undefined ? {} : { streams }),
      ...this.totals,
      waiting: this.#queue.size,
      isGone: this.#isGone,
    };
  }

  /** Takes an event if this receiver wants it. Returns at once: what is kept of it, if it was taken. */
  offer(event: WebhookEvent): KeptEvent | undefined {
    const { streams } = this.#options.record;
    const stream = streamOf(event);
    if (this.#isGone || !this.#types.includes(event.type)) return undefined;
    if (streams !== undefined && !streams.includes(stream)) return undefined;
    const { clock } = this.#options;
    const kept = {
      id: newMessageId(),
      type: event.type,
      stream,
      body: JSON.stringify(event),
      failedTries: 0,
      dueAt: clock.epochMs(),
    };
    this.#add({ ...kept, dueMs: clock.monotonicMs() });
    return kept;
  }

  /** Takes what waited before a restart. A clock that was set cannot make it wait longer than the schedule. */
  restore(events: readonly KeptEvent[]): void {
    const { clock } = this.#options;
    for (const event of events) {
      const longestMs = (RETRY_DELAYS_MS[event.failedTries - 1] ?? 0) * 2;
      const waitMs = Math.min(Math.max(0, event.dueAt - clock.epochMs()), longestMs);
      this.#add({ ...event, dueMs: clock.monotonicMs() + waitMs });
    }
  }

  start(): void {
    if (this.#running.signal.aborted) this.#running = new AbortController();
    this.#pumpSoon();
  }

  /** Sends what can be sent now, for `graceMs` at most; the rest stays in the queue. */
  async stop(graceMs: number): Promise<void> {
    if (this.#queue.sendingCount > 0 || this.#isPumping) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.alarm(graceMs, resolve);
        this.#onIdle = () => {
          cancel();
          resolve();
        };
      });
      this.#onIdle = undefined;
    }
    this.#cancelAlarm();
    this.#running.abort();
  }

  /** Sends one event at once, outside the queue, and once. */
  async sendTest(): Promise<Delivery> {
    const { clock } = this.#options;
    const event: WebhookEvent = {
      type: 'webhook.test',
      timestamp: new Date(clock.epochMs()).toISOString(),
      data: {},
    };
    const at = { dueAt: 0, dueMs: 0 };
    return this.#try({
      id: newMessageId(),
      type: event.type,
      stream: '',
      body: JSON.stringify(event),
      failedTries: 0,
      ...at,
    });
  }

  #add(event: QueuedEvent): void {
    const lost = this.#queue.add(event);
    if (lost !== undefined)
      this.#lose('webhook_dropped', lost, 'the queue of a webhook is full: an event is lost');
    this.#options.onChange();
    this.#pumpSoon();
  }

  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const pump = guarded({ log: this.#options.log }, () => this.#pump());
    queueMicrotask(pump);
  }

  #pump(): void {
    this.#isPumping = false;
    this.#cancelAlarm();
    while (!this.#running.signal.aborted && this.#queue.sendingCount < MAX_SENDING) {
      const next = this.#queue.take(this.#options.clock.monotonicMs());
      if ('waitMs' in next) {
        if (next.waitMs !== undefined)
          this.#cancelAlarm = this.#options.alarm(next.waitMs, () => this.#pumpSoon());
        break;
      }
      void this.#deliver(next);
    }
    if (this.#queue.sendingCount === 0) this.#onIdle?.();
  }

  /** Never rejects. */
  async #deliver(event: QueuedEvent): Promise<void> {
    const running = this.#running;
    const delivery = await this.#try(event);
    if (running.signal.aborted) return this.#queue.putBack(event);
    if (delivery.result === 'delivered') this.#queue.remove(event);
    else if (delivery.result === 'gone') this.#end();
    else if (delivery.nextTryAt === undefined) {
      this.#queue.remove(event);
      this.#lose('webhook_given_up', event, 'a webhook failed at every try: an event is lost');
    } else this.#queue.putBack(event);
    this.#options.onChange();
    this.#pumpSoon();
  }

  /** One try: sends, counts, and writes into the log. Sets when the next one is. */
  async #try(event: QueuedEvent): Promise<Delivery> {
    const { clock, deliveries } = this.#options;
    const [at, startedMs] = [clock.epochMs(), clock.monotonicMs()];
    const outcome = await this.#send(event, at);
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    const { id, type, stream, failedTries } = event;
    const isRetried = outcome.result === 'failed' && type !== 'webhook.test';
    const delayMs = isRetried ? retryDelayMs(failedTries + 1, Math.random()) : undefined;
    const delivery: Delivery = {
      endpoint: this.id,
      event: id,
      type,
      ...(stream === '' ? {} : { stream }),
      at,
      attempt: failedTries + 1,
      durationMs,
      ...outcome,
      ...(delayMs === undefined ? {} : { nextTryAt: clock.epochMs() + delayMs }),
    };
    // A try that the end of the gateway cut off says nothing about the receiver.
    if (this.#running.signal.aborted) return delivery;
    deliveries.add(delivery);
    if (outcome.result === 'delivered') this.totals.delivered += 1;
    else this.totals.failed += 1;
    if (outcome.result !== 'failed') return delivery;
    event.failedTries += 1;
    event.dueAt = clock.epochMs() + (delayMs ?? 0);
    event.dueMs = clock.monotonicMs() + (delayMs ?? 0);
    this.#tellFailure(delivery, delayMs);
    return delivery;
  }

  async #send({ id, body }: QueuedEvent, epochMs: number): Promise<Outcome> {
    const { record, authorities, log } = this.#options;
    const headers = {
      'content-type': 'application/json',
      ...signedHeaders(this.#secrets, id, epochMs, body),
    };
    try {
      const { signal } = this.#running;
      const { url } = record;
      const { status } = await post({
        url,
        headers,
        body,
        deadlineMs: DEADLINE_MS,
        signal,
        authorities,
        ignoresBody: true,
        log,
      });
      if (status >= 200 && status < 300) return { result: 'delivered', status };
      if (status === GONE) return { result: 'gone', status };
      return { result: 'failed', status, fault: `it answered with status ${status}` };
    } catch (error) {
      if (error instanceof PostFault) return { result: 'failed', fault: error.message };
      log.error({ err: error }, 'a webhook could not be sent');
      return { result: 'failed', fault: 'the gateway itself failed' };
    }
  }

  /** The receiver wants no more. */
  #end(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const lost = this.#queue.size;
    this.totals.lost += lost;
    this.#queue.clear();
    const message = 'a webhook answered 410 Gone: it gets nothing more until the gateway starts again';
    this.#tell('webhook_gone', { lost }, message);
  }

  #lose(code: ErrorCode, { type, stream }: QueuedEvent, message: string): void {
    this.totals.lost += 1;
    this.#tell(code, { type, stream, lost: this.totals.lost }, message);
  }

  #tellFailure({ type, stream, attempt, fault }: Delivery, delayMs: number | undefined): void {
    const retryInS = delayMs === undefined ? undefined : Math.round(delayMs / 1_000);
    this.#tell('webhook_failed', { type, stream, attempt, fault, retryInS }, 'a webhook failed');
  }

  #tell(code: ErrorCode, facts: Readonly<Record<string, unknown>>, message: string): void {
    const fields = { code, webhook: this.id, receiver: this.#origin, ...facts };
    this.#options.events.writeAs(code, 'warn', fields, message);
  }
}

/** The public name; empty for an event without one. */
export function streamOf({ data }: WebhookEvent): string {
  return 'stream' in data ? (data.stream ?? '') : '';
}
