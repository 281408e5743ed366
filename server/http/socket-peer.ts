// One WebSocket of `/ws/v1` and its subscriptions.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { systemClock } from '../clock.ts';
import { FIXED_LIMITS } from '../limit-tally.ts';
import type { OperatorMessage } from '../stats/operator-message.ts';
import type { ServerMessage } from '../stats/stats-message.ts';
import type { AdminVisitor } from './admin-gate.ts';
import type { Broadcast } from './broadcast.ts';
import type { TopicKey } from './followers.ts';
import { type Subscriber, tell } from './subscriber.ts';

/**
 * A page sends a dozen messages when it opens, and a ping every few seconds. A program may subscribe to all of its topics at once, and
 * then replace all of them. Without a limit, one client with messages of a byte keeps the event loop busy, because thousands are read in
 * one turn.
 */
const MAX_MESSAGES = FIXED_LIMITS['websocket.messages'].limit;
export const MESSAGES_PER_SECOND = 16;

export class SocketPeer implements Subscriber {
  readonly socket: WebSocket;
  /** The connection under the WebSocket. */
  readonly #connection: Duplex;
  /** The client's address. */
  readonly client: string | undefined;
  readonly visitor: AdminVisitor;
  /** Topics that it follows, and those about which is being decided. */
  readonly subscriptions = new Set<TopicKey>();
  /** The playback token of each subscription to a signed stream. */
  readonly tokens = new Map<TopicKey, string>();
  /** Decisions that are awaited, the last one of each topic. */
  readonly asked = new Map<TopicKey, Promise<unknown>>();
  /** It has answered the last ping. */
  isAlive = true;
  /** It has sent too many messages; further ones are not read. */
  isExpelled = false;
  /** Messages that it may send now, and when that was computed; monotonic. */
  #mayReceive: number = MAX_MESSAGES;
  #receivedAtMs = systemClock.monotonicMs();

  constructor(socket: WebSocket, connection: Duplex, client: string | undefined, visitor: AdminVisitor) {
    this.socket = socket;
    this.#connection = connection;
    this.client = client;
    this.visitor = visitor;
  }

  /** Counts a message. @returns whether it may be read */
  takesMessage(): boolean {
    const nowMs = systemClock.monotonicMs();
    const gained = ((nowMs - this.#receivedAtMs) * MESSAGES_PER_SECOND) / 1_000;
    this.#receivedAtMs = nowMs;
    this.#mayReceive = Math.min(MAX_MESSAGES, this.#mayReceive + gained) - 1;
    return this.#mayReceive >= 0;
  }

  /** ws limits unread pongs itself. */
  get unreadBytes(): number {
    return this.socket.bufferedAmount;
  }

  write(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  /** Without compression ws writes each message at once and whole, so that a frame of our own comes between two of its frames. */
  writeBroadcast({ frame }: Broadcast): void {
    if (this.socket.readyState === this.socket.OPEN) this.#connection.write(frame);
  }

  drop(): void {
    this.socket.terminate();
  }

  send(message: ServerMessage | OperatorMessage): void {
    tell(this, JSON.stringify(message));
  }
}
