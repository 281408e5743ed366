// Those who follow topics: WebSockets and event streams. A slow one misses what will be repeated, and one that does not read is
// dropped.

import type { Broadcast } from './broadcast.ts';

/** One with this many unread bytes misses statistics, which would be old. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** One with this many unread bytes is dropped. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export interface Subscriber {
  /** Bytes that were sent and are not read. */
  readonly unreadBytes: number;
  /** Sends one message; does nothing after the end of the connection. */
  write(text: string): void;
  /** The same for a message that others get too. */
  writeBroadcast(message: Broadcast): void;
  /** Ends the connection at once. */
  drop(): void;
}

/** A message for one. */
export function tell(subscriber: Subscriber, text: string): void {
  if (isReading(subscriber)) subscriber.write(text);
}

/** A message for many; a slow one misses it if it `maySkip`. */
export function tellBroadcast(subscriber: Subscriber, message: Broadcast, maySkip: boolean): void {
  if (!isReading(subscriber)) return;
  if (!maySkip || subscriber.unreadBytes <= MAX_BUFFERED_BYTES) subscriber.writeBroadcast(message);
}

/** Drops one that does not read. */
function isReading(subscriber: Subscriber): boolean {
  if (subscriber.unreadBytes <= MAX_UNREAD_BYTES) return true;
  subscriber.drop();
  return false;
}
