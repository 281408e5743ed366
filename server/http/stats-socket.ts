// `WS /ws/v1`: accepts WebSockets, reads their messages, and closes silent ones. What each topic sends is in viewer-topics.ts and
// operator-topics.ts. All subscribers of a topic get one buffer.

import { randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../clock.ts';
import type { EventLog } from '../event-log.ts';
import { guarded } from '../guard.ts';
import { FIXED_LIMITS, type OnLimit } from '../limit-tally.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import { loadPackage } from '../packages.ts';
import type { OperatorSource } from '../stats/operator-feed.ts';
import {
  type ErrorMessage,
  type ServerMessage,
  STATS_SUBPROTOCOL,
  type StatsTopic,
  type StatusMessage,
  type Topic,
} from '../stats/stats-message.ts';
import type { AdminGate } from './admin-gate.ts';
import type { Admission } from './admission.ts';
import { parseClientMessage, type Subscription } from './client-message.ts';
import { EventStreams } from './event-streams.ts';
import { topicKey } from './followers.ts';
import type { HttpLimits } from './http-limits.ts';
import { endWithProblem, type Problem } from './http-replies.ts';
import { OperatorTopics } from './operator-topics.ts';
import { type NoPlace, PeerPlaces } from './peer-places.ts';
import type { PlaybackDoor } from './playback-door.ts';
import { pathAndQuery } from './request-target.ts';
import { MESSAGES_PER_SECOND, SocketPeer } from './socket-peer.ts';
import { ViewerTopics } from './viewer-topics.ts';

export type StatsSocketOptions = {
  readonly version: string;
  /** Path prefix, unless the mounting server removes it; empty, or such as `/tv`. */
  readonly basePath: string;
  /** The current state of any name, also of one that nobody publishes. */
  readonly status: (name: string) => StatusMessage;
  /** First messages of operators' topics. */
  readonly operators: OperatorSource;
  readonly gate: AdminGate;
  readonly limits: Pick<HttpLimits, 'maxWebSockets' | 'maxWebSocketsPerAddress'>;
  readonly admission: Admission;
  readonly log: Logger;
  /** Refused subscriptions, which anybody can cause. */
  readonly refusals: EventLog;
  readonly onLimit?: OnLimit;
  /** Which sites may open a WebSocket; every site by default. */
  readonly allowsOrigin?: OriginPolicy;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackDoor;
};

/**
 * Decides by the Origin header (RFC 6455 clause 10.2); undefined for programs, which send none. Topics of viewers are as public as
 * the playlists, and embedded players need them. Pages of other sites get no topics of operators.
 */
export type OriginPolicy = (origin: string | undefined) => boolean;

const PATH = '/ws/v1';
/** Largest message of a client. */
const MAX_MESSAGE_BYTES = 4096;
/** Most fragments of a message. */
const MAX_FRAGMENTS = 16;
const MAX_BUFFERED_CHUNKS = 64;
/** Subscriptions of one page. */
const MAX_SUBSCRIPTIONS = FIXED_LIMITS['websocket.subscriptions'].limit;
/** RFC 6455 clause 7.4.1: a message that violates a policy. */
const POLICY_VIOLATION = 1008;
const HEARTBEAT_MS = 30_000;
/** How long a peer may take to answer the close frame; the gateway's stop waits for it. */
const CLOSE_TIMEOUT_MS = 2_000;
/** When peers may come back after a shutdown: a restart takes seconds, and they must not all come at once. */
const RETRY_MS = { least: 1_000, most: 5_000 };
const SERVER_OPTIONS: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_BUFFERED_CHUNKS,
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: (offered) => (offered.has(STATS_SUBPROTOCOL) ? STATS_SUBPROTOCOL : false),
};
const TOPICS: readonly Topic[] = ['status', 'stream', 'streams', 'server', 'detail'];

const FULL: Readonly<Record<NoPlace, Problem>> = {
  in_all: {
    status: 503,
    title: 'No room',
    detail: 'The gateway has too many WebSockets; try again in a few seconds.',
  },
  per_address: {
    status: 429,
    title: 'Too many WebSockets',
    detail:
      'Your address has too many WebSockets; close some. Proxies must be listed in proxies.trusted or http.exempt-networks.',
  },
};
const CLOSING: Problem = { status: 503, title: 'Shutting down', detail: 'The gateway is shutting down.' };
const FOREIGN: Problem = {
  status: 403,
  title: 'Not allowed',
  detail: 'Pages of this site may not open a WebSocket here.',
};
const BAD_NAME: ErrorMessage = {
  op: 'error',
  code: 'bad_stream_name',
  message: 'a stream name is 1 to 64 letters, digits, "-" or "_"',
};
const TOO_MANY = {
  op: 'error',
  code: 'too_many_subscriptions',
  message: `a WebSocket may have ${MAX_SUBSCRIPTIONS} subscriptions`,
} as const satisfies ErrorMessage;

const TOO_MANY_MESSAGES: ErrorMessage = {
  op: 'error',
  code: 'too_many_messages',
  message: `a WebSocket may send ${FIXED_LIMITS['websocket.messages'].limit} messages at once, then ${MESSAGES_PER_SECOND} in a second`,
};

export class StatsSocket {
  /** Topics for operators. */
  readonly operators: OperatorTopics;
  /** The same for clients without a WebSocket. */
  readonly events: EventStreams;
  readonly #options: StatsSocketOptions;
  readonly #viewers: ViewerTopics;
  readonly #peers = new Set<SocketPeer>();
  /** Made with the first WebSocket. */
  #server: WebSocketServer | undefined;
  readonly #places: PeerPlaces;
  readonly #heartbeat: NodeJS.Timeout;
  #isClosing = false;

  constructor(options: StatsSocketOptions) {
    this.#options = options;
    const { limits, admission, log, gate, operators: source, refusals } = options;
    this.#places = new PeerPlaces(admission.groups, limits.maxWebSockets, limits.maxWebSocketsPerAddress);
    this.#viewers = new ViewerTopics(options);
    this.operators = new OperatorTopics({ gate, source, refusals, log });
    this.events = new EventStreams({
      operators: this.operators,
      enter: (request) => this.#enter(request),
      log,
    });
    const beat = guarded({ log }, () => this.#beat());
    this.#heartbeat = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /** Whether a request target is the one for WebSockets. */
  isSocketPath(target: string): boolean {
    const path = pathAndQuery(target).split('?')[0] ?? '';
    return path === PATH || path === `${this.#options.basePath}${PATH}`;
  }

  /** WebSockets and event streams, also those that are opening or closing. */
  get placeCount(): number {
    return this.#places.total;
  }

  /** WebSockets that are open. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /** @returns false if the path is not ours; the caller then owns the socket */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!this.isSocketPath(request.url ?? '')) return false;
    const { log, allowsOrigin, admission, gate } = this.#options;
    const guard = { log, close: () => void socket.destroy() };
    socket.on(
      'error',
      guarded(guard, () => void socket.destroy()),
    );
    // The peer left before its turn: no `close` would follow to release its place.
    if (socket.destroyed) return true;
    const isForeign = allowsOrigin !== undefined && !allowsOrigin(request.headers.origin);
    const entered = isForeign ? FOREIGN : this.#enter(request);
    if (!('leave' in entered)) {
      endWithProblem(socket, entered);
      return true;
    }
    socket.once('close', guarded({ log }, entered.leave));
    const client = admission.clientOf(request);
    const visitor = gate.visitorOf(request);
    const accept = guarded(guard, (accepted: WebSocket) =>
      this.#accept(new SocketPeer(accepted, socket, client, visitor)),
    );
    this.#server ??= new (loadPackage<typeof import('ws')>('ws').WebSocketServer)(SERVER_OPTIONS);
    this.#server.handleUpgrade(request, socket, head, accept);
    return true;
  }

  /** Takes a place, or returns why there is none. */
  #enter(request: IncomingMessage): Problem | { readonly leave: () => void } {
    const { admission } = this.#options;
    if (this.#isClosing) return CLOSING;
    const client = admission.clientOf(request);
    const noPlace = this.#places.take(client);
    if (noPlace === undefined) return { leave: () => this.#places.leave(client) };
    admission.refused(
      noPlace === 'in_all' ? 'too_many_websockets' : 'too_many_websockets_from_address',
      client,
    );
    return FULL[noPlace];
  }

  hasFollowers(topic: StatsTopic, name: string): boolean {
    return this.#viewers.hasFollowers(topic, name);
  }

  /** Sends one message to all subscribers of a topic for viewers; slow ones miss it if it `maySkip`. */
  publish(topic: StatsTopic, message: Extract<ServerMessage, { name: string }>, maySkip: boolean): void {
    this.#viewers.publish(topic, message, maySkip);
  }

  close(): void {
    this.#isClosing = true;
    clearInterval(this.#heartbeat);
    for (const peer of this.#peers) {
      peer.write(farewell());
      peer.socket.close(1001, 'the gateway is shutting down');
    }
    this.events.close(farewell);
    this.#server?.close();
  }

  #accept(peer: SocketPeer): void {
    const { socket } = peer;
    this.#peers.add(peer);
    const guard = { log: this.#options.log, close: () => socket.terminate() };
    const take = (): boolean => {
      if (peer.isExpelled) return false;
      const isTaken = peer.takesMessage();
      if (!isTaken) this.#expel(peer);
      return isTaken;
    };
    const onMessage = (data: RawData, isBinary: boolean): void => {
      if (take()) this.#receive(peer, isBinary ? undefined : String(data));
    };
    socket.on('message', guarded(guard, onMessage));
    // Control frames of a flood cost as much as messages. ws has answered the ping.
    socket.on(
      'ping',
      guarded(guard, () => void take()),
    );
    socket.on(
      'pong',
      guarded(guard, () => {
        if (take()) peer.isAlive = true;
      }),
    );
    socket.on(
      'error',
      guarded(guard, () => socket.terminate()),
    );
    socket.on(
      'close',
      guarded(guard, () => this.#forget(peer)),
    );
    peer.send({
      op: 'hello',
      v: 1,
      serverTime: systemClock.epochMs(),
      version: this.#options.version,
      session: randomUUID(),
      topics: TOPICS,
    });
  }

  #receive(peer: SocketPeer, text: string | undefined): void {
    const receivedAt = systemClock.epochMs();
    const message = parseClientMessage(text);
    switch (message.op) {
      case 'ping':
        return peer.send({ op: 'pong', t0: message.t0, t1: receivedAt, t2: systemClock.epochMs() });
      case 'sub':
        return this.#subscribe(peer, message);
      case 'unsub':
        return this.#unsubscribe(peer, topicKey(message.topic, message.name));
      case 'error':
        return peer.send(message);
    }
  }

  /** Closes a WebSocket that floods, and reads no more of it than what has arrived. */
  #expel(peer: SocketPeer): void {
    peer.isExpelled = true;
    this.#options.admission.refused('too_many_messages', peer.client);
    peer.send(TOO_MANY_MESSAGES);
    peer.socket.close(POLICY_VIOLATION, 'too many messages');
    peer.socket.pause();
  }

  #subscribe(peer: SocketPeer, subscription: Subscription): void {
    const { topic, name, token } = subscription;
    if (name !== undefined && !isStreamName(name)) return peer.send(BAD_NAME);
    const { subscriptions } = peer;
    const isNew = !subscriptions.has(topicKey(topic, name));
    if (isNew && subscriptions.size >= MAX_SUBSCRIPTIONS) {
      this.#options.onLimit?.('websocket.subscriptions');
      return peer.send({ ...TOO_MANY, topic, ...(name === undefined ? {} : { name }) });
    }
    if (topic === 'status' || topic === 'stream') this.#viewers.subscribe(peer, { topic, name, token });
    else this.operators.subscribe(peer, name === undefined ? { topic } : { topic, name }, token);
  }

  #unsubscribe(peer: SocketPeer, key: string): void {
    this.#viewers.unsubscribe(peer, key);
    this.operators.unsubscribe(peer, key);
  }

  #forget(peer: SocketPeer): void {
    this.#peers.delete(peer);
    for (const key of [...peer.subscriptions]) this.#unsubscribe(peer, key);
  }

  #beat(): void {
    for (const peer of this.#peers) {
      if (!peer.isAlive) {
        peer.drop();
        continue;
      }
      peer.isAlive = false;
      peer.socket.ping();
    }
  }
}

function farewell(): string {
  const retryMs = randomInt(RETRY_MS.least, RETRY_MS.most);
  return JSON.stringify({ op: 'bye', code: 'shutting_down', retryMs } satisfies ServerMessage);
}
