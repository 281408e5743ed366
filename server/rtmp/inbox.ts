// Input that the session has not handled yet. It returns messages in order, a limited number per turn, so that a socket
// read full of small messages does not block other connections (RTMP 1.0, clauses 5.3 and 7.1.6).

import { GatewayError } from '../errors.ts';
import { splitAggregate } from './aggregate.ts';
import { MAX_TURN_AGGREGATED_BYTES, MAX_TURN_CHUNKS, MAX_TURN_MESSAGES, type RtmpLimits } from './limits.ts';
import type { Message } from './message.ts';
import type { MessageLink } from './message-link.ts';
import { bytesBeforePublish } from './session-faults.ts';

const NO_MESSAGES: readonly Message[] = [];

type InboxLimits = Pick<RtmpLimits, 'maxHeldBytes' | 'maxAggregateMessages'>;

/** The unread input of one session. */
export class Inbox {
  readonly #link: MessageLink;
  readonly #limits: InboxLimits;
  /** Copies of bytes that follow those in the link's reader. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Whether the reader uses the memory of the caller of `add`. */
  #isBorrowed = false;
  /** How many more bytes may be given to the reader. */
  #readableBytes = Number.POSITIVE_INFINITY;
  #byteLimit = 0;
  #messagesLeft = 0;
  /** The messages of an aggregate message, and the index of the next one. */
  #aggregated: readonly Message[] = NO_MESSAGES;
  #aggregatedIndex = 0;
  /** How many of their bytes this turn may still handle. */
  #aggregatedBytesLeft = 0;
  #isAggregated = false;

  constructor(link: MessageLink, limits: InboxLimits) {
    this.#link = link;
    this.#limits = limits;
  }

  /** Whether another turn has something to read. */
  get hasUnread(): boolean {
    return this.#aggregatedIndex < this.#aggregated.length || this.#unreadBytes > 0;
  }

  /** Whether the message that `next` returned last came inside an aggregate message. */
  get isAggregated(): boolean {
    return this.#isAggregated;
  }

  /** How many of the bytes given so far may still be read before the limit. */
  get readableBytes(): number {
    return this.#readableBytes;
  }

  /** Allows `maxBytes` more; beyond them `next` throws `bytes_before_publish`. */
  limitTo(maxBytes: number): void {
    this.#byteLimit = maxBytes;
    this.#readableBytes = maxBytes - this.#link.unreadBytes;
    if (this.#readableBytes >= 0) return;
    // The reader has more than the limit: take everything back and feed the allowed bytes.
    const unread = Buffer.from(this.#link.unread);
    this.#link.dropUnread();
    this.#waiting.unshift(unread);
    this.#waitingBytes += unread.length;
    this.#readableBytes = maxBytes;
  }

  /** Ends the limit on bytes. */
  unlimit(): void {
    this.#readableBytes = Number.POSITIVE_INFINITY;
  }

  /** Counts the bytes of the handshake, which is read elsewhere. */
  countRead(byteCount: number): void {
    this.#readableBytes -= byteCount;
  }

  /** Takes `bytes[start, length)` without a copy. Call `settle` before the buffer is reused. */
  add(bytes: Buffer, start: number): void {
    if (this.hasUnread) {
      this.#keep(bytes.subarray(start));
      this.requireRoom();
      return;
    }
    const end = Math.min(bytes.length, start + this.#readableBytes);
    this.#feed(bytes, start, end);
    this.#isBorrowed = true;
    if (end < bytes.length) this.#keep(bytes.subarray(end));
  }

  /** Starts a turn: allows the next messages and chunks. Earlier bodies expire. */
  startTurn(): void {
    this.expireBodies();
    this.#messagesLeft = MAX_TURN_MESSAGES;
    this.#aggregatedBytesLeft = MAX_TURN_AGGREGATED_BYTES;
    this.#link.allowChunks(MAX_TURN_CHUNKS);
  }

  /** Earlier bodies expire, unless messages of an aggregate are left. */
  expireBodies(): void {
    if (this.#aggregatedIndex === this.#aggregated.length) this.#link.startTurn();
  }

  /** The next message; undefined when nothing is left or the turn is over (then `hasUnread` is true). */
  next(): Message | undefined {
    while (this.#messagesLeft > 0) {
      const aggregated = this.#nextAggregated();
      this.#isAggregated = aggregated !== undefined;
      const message = aggregated ?? this.#link.next();
      if (message !== undefined) {
        this.#messagesLeft -= 1;
        return message;
      }
      if (this.#link.unreadBytes > 0 || this.#waitingBytes === 0) return undefined;
      this.#feedWaiting();
    }
    return undefined;
  }

  /** Queues the messages of an aggregate message. Throws first if it is damaged. */
  open(aggregate: Message): void {
    this.#aggregated = splitAggregate(aggregate, this.#limits);
    this.#aggregatedIndex = 0;
  }

  /** Copies the unread bytes out of the caller's buffer. */
  settle(): void {
    if (!this.#isBorrowed) return;
    this.#isBorrowed = false;
    if (this.#link.unreadBytes === 0) return;
    const unread = Buffer.from(this.#link.unread);
    this.#link.feed(unread, 0, unread.length);
  }

  /** Throws `held_bytes` when more bytes are unread than may wait while reading is paused. */
  requireRoom(): void {
    const { maxHeldBytes } = this.#limits;
    if (this.#unreadBytes <= maxHeldBytes) return;
    const message = `more than ${maxHeldBytes} bytes arrived while reading was paused`;
    throw new GatewayError('limit', 'held_bytes', message);
  }

  /** Discards everything unread. */
  clear(): void {
    this.#link.dropUnread();
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#aggregated = NO_MESSAGES;
    this.#aggregatedIndex = 0;
    this.#isBorrowed = false;
  }

  get #unreadBytes(): number {
    return this.#link.unreadBytes + this.#waitingBytes;
  }

  #nextAggregated(): Message | undefined {
    const message = this.#aggregated[this.#aggregatedIndex];
    if (message === undefined) return undefined;
    this.#aggregatedIndex += 1;
    this.#aggregatedBytesLeft -= message.body.length;
    // It is the last one of this turn.
    if (this.#aggregatedBytesLeft <= 0) this.#messagesLeft = 1;
    // After the last one the aggregate's memory is released.
    if (this.#aggregatedIndex === this.#aggregated.length) {
      this.#aggregated = NO_MESSAGES;
      this.#aggregatedIndex = 0;
    }
    return message;
  }

  #feed(bytes: Buffer, start: number, end: number): void {
    this.#readableBytes -= end - start;
    this.#link.feed(bytes, start, end);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#waiting.push(Buffer.from(bytes));
    this.#waitingBytes += bytes.length;
  }

  #feedWaiting(): void {
    if (this.#readableBytes === 0) throw bytesBeforePublish(this.#byteLimit);
    const bytes = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (bytes === undefined) return;
    const end = Math.min(bytes.length, this.#readableBytes);
    this.#feed(bytes, 0, end);
    this.#isBorrowed = false;
    if (end === bytes.length) return;
    this.#waiting.push(bytes.subarray(end));
    this.#waitingBytes = bytes.length - end;
  }
}
