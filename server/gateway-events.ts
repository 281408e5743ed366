// What the library tells: the life of streams, and publishers that were refused.

import type { EventEmitter } from 'node:events';
import type { PublishRefusal } from './live/authorizer.ts';
import type { LiveStream, Publisher } from './live/live-stream.ts';
import type { EndReason } from './live/stream-state.ts';

/** What every change of a stream's state tells. */
export type StreamEvent = {
  /** When the state began, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Who publishes; when it has gone, who published last. */
  readonly publisher: Publisher;
};

/** By name of event. The words for states are those of the WebSocket and the API. */
export type GatewayEvents = {
  'stream:connecting': [name: string, event: StreamEvent];
  'stream:starting': [name: string, event: StreamEvent];
  /** `codecs` is the RFC 6381 list of what is played. */
  'stream:live': [name: string, event: StreamEvent & { readonly codecs: string }];
  /** For how long nothing has come. */
  'stream:stalled': [name: string, event: StreamEvent & { readonly silentMs: number }];
  /** Why the publisher has gone, how long it published, and until when its place is held. */
  'stream:reconnecting': [
    name: string,
    event: StreamEvent & {
      readonly reason: EndReason;
      readonly publishedMs: number;
      readonly graceEndsAt: number;
    },
  ];
  /** Why the last publisher has gone, and how long media came, without the gaps between publishers. */
  'stream:ended': [
    name: string,
    event: StreamEvent & { readonly reason: EndReason; readonly mediaMs: number },
  ];
  'publish:refused': [refusal: PublishRefusal];
};

/** What the stream does not know of itself. */
type Surroundings = { readonly codecs: string; readonly graceMs: number };

/**
 * Tells listeners of the state that a stream has entered. They are called outside the stack of the caller: what a listener
 * throws is the program's fault, and must not end a publisher's connection.
 */
export function tellState(
  gateway: EventEmitter<GatewayEvents>,
  stream: LiveStream,
  { codecs, graceMs }: Surroundings,
): void {
  const { name, state, publisher, stateSince: at } = stream;
  if (publisher === undefined) return;
  const event: StreamEvent = { at, publisher };
  const reason: EndReason = stream.endReason ?? { kind: 'lost' };
  switch (state) {
    case 'offline':
      return;
    case 'connecting':
    case 'starting':
      return queueMicrotask(() => gateway.emit(`stream:${state}`, name, event));
    case 'live':
      return queueMicrotask(() => gateway.emit('stream:live', name, { ...event, codecs }));
    case 'stalled': {
      const silentMs = Math.round(stream.silentMs);
      return queueMicrotask(() => gateway.emit('stream:stalled', name, { ...event, silentMs }));
    }
    case 'reconnecting': {
      const gone = {
        ...event,
        reason,
        publishedMs: Math.round(stream.publishedMs),
        graceEndsAt: at + graceMs,
      };
      return queueMicrotask(() => gateway.emit('stream:reconnecting', name, gone));
    }
    case 'ended': {
      const over = { ...event, reason, mediaMs: Math.round(stream.mediaMs) };
      return queueMicrotask(() => gateway.emit('stream:ended', name, over));
    }
  }
}
