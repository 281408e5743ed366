// What a peer sent and the session has not handled yet: messages come out in order, a bounded number a turn, so that one
// socket read full of tiny messages does not keep other connections waiting (RTMP 1.0, clauses 5.3 and 7.1.6).

import { GatewayError } from '../errors.ts';
import { splitAggregate } from './aggregate.ts';
import { MAX_TURN_CHUNKS, MAX_TURN_MESSAGES, type RtmpLimits } from './limits.ts';
import type { Message } from './message.ts';
import type { MessageLink } from './message-link.ts';
import { bytesBeforePublish } from './session-faults.ts';

const NO_MESSAGES: readonly Message[] = [];

type InboxLimits = Pick<RtmpLimits, 'maxHeldBytes' | 'maxAggregateMessages'>;

/** The unread input of one session. */
export class Inbox {
  readonly #link: MessageLink;
  readonly #limits: InboxLimits;
  /** Copies of bytes that wait behind those which the link's reader has. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Whether the reader reads from memory that belongs to the caller of `add`. */
  #isBorrowed = false;
  /** How many more bytes may be given to the reader. */
  #readableBytes = Number.POSITIVE_INFINITY;
  #byteLimit = 0;
  #messagesLeft = 0;
  /** The messages of an aggregate message, and the next one of them. */
  #aggregated: readonly Message[] = NO_MESSAGES;
  #aggregatedIndex = 0;
  #isAggregated = false;

  constructor(link: MessageLink, limits: InboxLimits) {
    this.#link = link;
    this.#limits = limits;
  }

  /** Whether messages or bytes are left that a further turn can read. */
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

  /** From here on, not more than `maxBytes` are read: `next` throws `bytes_before_publish` when there are more. */
  limitTo(maxBytes: number): void {
    this.#byteLimit = maxBytes;
    this.#readableBytes = maxBytes - this.#link.unreadBytes;
    if (this.#readableBytes >= 0) return;
    // The reader has more than may be read: it gives back all, and gets what is allowed.
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

  /** Bytes of the handshake that were read elsewhere. */
  countRead(byteCount: number): void {
    this.#readableBytes -= byteCount;
  }

  /** Takes `bytes[start, length)`. They are read in place as far as the turn goes: call `settle` before they are reused. */
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

  /** Allows the next messages and chunks. */
  startTurn(): void {
    this.#messagesLeft = MAX_TURN_MESSAGES;
    this.#link.allowChunks(MAX_TURN_CHUNKS);
  }

  /** The next message; undefined when nothing is left or the turn is over, which `hasUnread` tells apart. */
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

  /** Makes the messages of an aggregate message the next ones. One that is damaged throws before any of them is read. */
  open(aggregate: Message): void {
    this.#aggregated = splitAggregate(aggregate, this.#limits);
    this.#aggregatedIndex = 0;
  }

  /** Copies what is unread of the caller's bytes. */
  settle(): void {
    if (!this.#isBorrowed) return;
    this.#isBorrowed = false;
    if (this.#link.unreadBytes === 0) return;
    const unread = Buffer.from(this.#link.unread);
    this.#link.feed(unread, 0, unread.length);
  }

  /** Throws `held_bytes` when more is unread than may wait while the session does not read. */
  requireRoom(): void {
    const { maxHeldBytes } = this.#limits;
    if (this.#unreadBytes <= maxHeldBytes) return;
    const message = `more than ${maxHeldBytes} bytes came while reading was paused`;
    throw new GatewayError('limit', 'held_bytes', message);
  }

  /** Forgets everything unread. */
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
    // The last one lets go of the aggregate's memory.
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
