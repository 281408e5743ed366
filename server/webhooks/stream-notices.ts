// Makes the events of webhooks out of the gateway's own: states and health of streams, refused publishers, and numbers of viewers.

import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock.ts';
import type { GatewayEvents, StreamEvent } from '../gateway-events.ts';
import { type FaultLog, guarded } from '../guard.ts';
import type { PublishRefusal } from '../live/authorizer.ts';
import type { EndReason } from '../live/stream-state.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** Refusals that have an event: anybody can cause them, and they must not fill the queues. */
const REJECTED_PER_SECOND = 1;
const REJECTED_BURST = 10;

export type StreamNoticesOptions = {
  readonly clock: Clock;
  readonly log: FaultLog;
  readonly viewersIntervalMs: number;
  readonly onEvent: (event: WebhookEvent) => void;
};

export class StreamNotices {
  readonly #options: StreamNoticesOptions;
  /** Streams whose end was not told yet, and the number of viewers that was told last. */
  readonly #open = new Map<string, number>();
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #rejectedTokens = REJECTED_BURST;
  #rejectedAtMs: number;
  /** Refusals without an event since the last one. */
  #unsaid = 0;

  constructor(options: StreamNoticesOptions) {
    this.#options = options;
    this.#rejectedAtMs = options.clock.monotonicMs();
  }

  /** Names of streams whose end was not told yet. */
  get openStreams(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Listens to a gateway. */
  watch(gateway: EventEmitter<GatewayEvents>): void {
    const guard = { log: this.#options.log };
    gateway.on(
      'stream:connecting',
      guarded(guard, (stream, event) => {
        if (!this.#open.has(stream)) this.#open.set(stream, 0);
        this.#tell('stream.connecting', { stream, publisher: publisherOf(event) }, event.at);
      }),
    );
    gateway.on(
      'stream:live',
      guarded(guard, (stream, { codecs, ...event }) =>
        this.#tell('stream.live', { stream, publisher: publisherOf(event), codecs }, event.at),
      ),
    );
    gateway.on(
      'stream:stalled',
      guarded(guard, (stream, { silentMs, ...event }) =>
        this.#tell('stream.stalled', { stream, publisher: publisherOf(event), silentMs }, event.at),
      ),
    );
    gateway.on(
      'stream:health',
      guarded(guard, (stream, { issue, isCleared, verdict, ...event }) => {
        const data = { stream, publisher: publisherOf(event), issue, isCleared, verdict };
        this.#tell('stream.health_changed', data, event.at);
      }),
    );
    this.#watchEnds(gateway);
  }

  #watchEnds(gateway: EventEmitter<GatewayEvents>): void {
    const guard = { log: this.#options.log };
    gateway.on(
      'stream:reconnecting',
      guarded(guard, (stream, { publishedMs, reason, graceEndsAt, ...event }) => {
        const until = new Date(graceEndsAt).toISOString();
        const data = { stream, publisher: publisherOf(event), reason, publishedMs, graceEndsAt: until };
        this.#tell('stream.reconnecting', data, event.at);
      }),
    );
    gateway.on(
      'stream:ended',
      guarded(guard, (stream, { reason, mediaMs, ...event }) => {
        this.#open.delete(stream);
        this.#tell('stream.ended', { stream, publisher: publisherOf(event), reason, mediaMs }, event.at);
      }),
    );
    gateway.on(
      'publish:refused',
      guarded(guard, (refusal) => this.#refused(refusal)),
    );
  }

  /** A stream is forgotten. One that never had media has no other event of its end. */
  removed(stream: string, reason: EndReason | undefined): void {
    if (this.#open.delete(stream))
      this.#tell('stream.ended', { stream, reason: reason ?? { kind: 'lost' }, mediaMs: 0 });
  }

  /** The gateway was killed while these streams were open. */
  lostOverRestart(streams: readonly string[]): void {
    for (const stream of streams)
      if (!this.#open.has(stream)) this.#tell('stream.ended', { stream, reason: { kind: 'restarted' } });
  }

  /** Called once a second. */
  countViewers(viewersOf: (stream: string) => number): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#countedAtMs < this.#options.viewersIntervalMs) return;
    this.#countedAtMs = nowMs;
    for (const [stream, told] of this.#open) {
      const viewers = viewersOf(stream);
      if (viewers === told) continue;
      this.#open.set(stream, viewers);
      this.#tell('viewers.count', { stream, viewers });
    }
  }

  #refused({ code, reason, remoteAddress: address, name }: PublishRefusal): void {
    const nowMs = this.#options.clock.monotonicMs();
    const gained = ((nowMs - this.#rejectedAtMs) / 1_000) * REJECTED_PER_SECOND;
    this.#rejectedTokens = Math.min(REJECTED_BURST, this.#rejectedTokens + gained);
    this.#rejectedAtMs = nowMs;
    if (this.#rejectedTokens < 1) {
      this.#unsaid += 1;
      return;
    }
    this.#rejectedTokens -= 1;
    const more = this.#unsaid;
    this.#unsaid = 0;
    this.#tell('stream.rejected', {
      ...(name === undefined ? {} : { stream: name }),
      code,
      reason,
      address,
      more,
    });
  }

  #tell<Type extends WebhookEvent['type']>(
    type: Type,
    data: Extract<WebhookEvent, { readonly type: Type }>['data'],
    at = this.#options.clock.epochMs(),
  ): void {
    this.#options.onEvent({ type, timestamp: new Date(at).toISOString(), data } as WebhookEvent);
  }
}

function publisherOf({ publisher: { remoteAddress: address, encoder } }: StreamEvent) {
  return { address, ...(encoder === undefined ? {} : { encoder }) };
}
