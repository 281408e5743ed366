// Those who follow topics: WebSockets and event streams. A slow one misses what will be repeated, and one that does not read is
// dropped.

/** One with this many unread bytes misses statistics, which would be old. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** One with this many unread bytes is dropped. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export interface Subscriber {
  /** Bytes that were sent and are not read. */
  readonly unreadBytes: number;
  /** Sends one message; does nothing after the end of the connection. */
  write(text: string): void;
  /** Ends the connection at once. */
  drop(): void;
}

export function tell(subscriber: Subscriber, text: string, maySkip = false): void {
  const { unreadBytes } = subscriber;
  if (unreadBytes > MAX_UNREAD_BYTES) subscriber.drop();
  else if (!maySkip || unreadBytes <= MAX_BUFFERED_BYTES) subscriber.write(text);
}
