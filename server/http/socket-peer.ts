// One WebSocket of `/ws/v1` and its subscriptions.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { OperatorMessage } from '../stats/operator-message.ts';
import type { ServerMessage } from '../stats/stats-message.ts';
import type { AdminVisitor } from './admin-gate.ts';
import type { Broadcast } from './broadcast.ts';
import type { TopicKey } from './followers.ts';
import { type Subscriber, tell } from './subscriber.ts';

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

  constructor(socket: WebSocket, connection: Duplex, client: string | undefined, visitor: AdminVisitor) {
    this.socket = socket;
    this.#connection = connection;
    this.client = client;
    this.visitor = visitor;
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
