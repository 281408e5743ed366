// The events of the library: states and health of streams, and refused publishers.

import { EventEmitter } from 'node:events';
import { systemClock } from './clock.ts';
import type { PublishRefusal } from './live/authorizer.ts';
import type { LiveStream, Publisher } from './live/live-stream.ts';
import type { EndReason } from './live/stream-state.ts';
import type { Issue, Verdict } from './stats/operator-message.ts';

/** Properties of every stream event. */
export type StreamEvent = {
  /** When the state began, milliseconds since the Unix epoch. */
  readonly at: number;
  /** The current publisher, or the last one. */
  readonly publisher: Publisher;
};

/** One issue of a stream; docs/doctor.md has all of them. */
export type HealthNews = {
  readonly issue: Issue;
  readonly isCleared: boolean;
  /** Of the stream with its other issues. */
  readonly verdict: Verdict;
};

/** Events by name. States have the same names on the WebSocket and in the API. */
export type GatewayEvents = {
  'stream:connecting': [name: string, event: StreamEvent];
  'stream:starting': [name: string, event: StreamEvent];
  /** `codecs`: RFC 6381 list of the tracks that play. */
  'stream:live': [name: string, event: StreamEvent & { readonly codecs: string }];
  /** For how long nothing has arrived. */
  'stream:stalled': [name: string, event: StreamEvent & { readonly silentMs: number }];
  /** Why the publisher left, how long it published, and until when its name is reserved. */
  'stream:reconnecting': [
    name: string,
    event: StreamEvent & {
      readonly reason: EndReason;
      readonly publishedMs: number;
      readonly graceEndsAt: number;
    },
  ];
  /** Why the last publisher left, and how long media arrived, without gaps between publishers. */
  'stream:ended': [
    name: string,
    event: StreamEvent & { readonly reason: EndReason; readonly mediaMs: number },
  ];
  /** The doctor has raised an issue, changed its severity, or cleared it. */
  'stream:health': [name: string, event: StreamEvent & HealthNews];
  'publish:refused': [refusal: PublishRefusal];
};

type Told = {
  [Name in keyof GatewayEvents]: [event: Name, ...told: GatewayEvents[Name]];
}[keyof GatewayEvents];

/** Where the gateway's events come out. */
export class EventOutlet {
  /** Hears of each event at once, before anybody outside can know of it. Its listeners must not throw. */
  readonly first = new EventEmitter<GatewayEvents>();
  readonly #gateway: EventEmitter<GatewayEvents>;

  constructor(gateway: EventEmitter<GatewayEvents>) {
    this.#gateway = gateway;
  }

  /** Emits outside the caller's stack: an error in a listener of the program must not end a publisher's connection. */
  emit(...told: Told): void {
    Reflect.apply(this.first.emit, this.first, told);
    queueMicrotask(() => Reflect.apply(this.#gateway.emit, this.#gateway, told));
  }
}

/** Emits the event of a new state. */
export function tellState(outlet: EventOutlet, stream: LiveStream, graceMs: number, codecs = ''): void {
  const { name, state, publisher, stateSince: at } = stream;
  if (publisher === undefined) return;
  const event: StreamEvent = { at, publisher };
  const reason: EndReason = stream.endReason ?? { kind: 'lost' };
  switch (state) {
    case 'offline':
      return;
    case 'connecting':
    case 'starting':
      return outlet.emit(`stream:${state}`, name, event);
    case 'live':
      return outlet.emit('stream:live', name, { ...event, codecs });
    case 'stalled': {
      const silentMs = Math.round(stream.silentMs);
      return outlet.emit('stream:stalled', name, { ...event, silentMs });
    }
    case 'reconnecting': {
      const gone = {
        ...event,
        reason,
        publishedMs: Math.round(stream.publishedMs),
        graceEndsAt: at + graceMs,
      };
      return outlet.emit('stream:reconnecting', name, gone);
    }
    case 'ended': {
      const over = { ...event, reason, mediaMs: Math.round(stream.mediaMs) };
      return outlet.emit('stream:ended', name, over);
    }
  }
}

/** Emits an issue that was raised or cleared. */
export function tellHealth(outlet: EventOutlet, { name, publisher }: LiveStream, news: HealthNews): void {
  if (publisher === undefined) return;
  outlet.emit('stream:health', name, { ...news, publisher, at: systemClock.epochMs() });
}
