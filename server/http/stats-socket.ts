// `WS /ws/v1`: sends states at every change and statistics once a second. All subscribers of a stream get one string.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, ServerOptions, WebSocket, WebSocketServer } from 'ws';
import type { PlaybackRefusal, PlaybackVerdict } from '../access/playback-verdict.ts';
import { systemClock } from '../clock.ts';
import { guarded } from '../guard.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import { loadPackage } from '../packages.ts';
import {
  type ClientMessage,
  type ServerMessage,
  STATS_SUBPROTOCOL,
  type StatsTopic,
  type StatusMessage,
} from '../stats/stats-message.ts';
import type { Admission } from './admission.ts';
import { parseClientMessage } from './client-message.ts';
import type { HttpLimits } from './http-limits.ts';
import { endWithProblem, type Problem } from './http-replies.ts';
import { type NoPlace, PeerPlaces } from './peer-places.ts';
import type { PlaybackDoor } from './playback-door.ts';
import { originForm } from './request-target.ts';

export type StatsSocketOptions = {
  readonly version: string;
  /** Path prefix, unless the mounting server removes it; empty, or such as `/tv`. */
  readonly basePath: string;
  /** The current state of any name, also of one that nobody publishes. */
  readonly status: (name: string) => StatusMessage;
  readonly limits: Pick<HttpLimits, 'maxWebSockets' | 'maxWebSocketsPerAddress'>;
  readonly admission: Admission;
  readonly log: Logger;
  /** Which sites may open a WebSocket; every site by default. */
  readonly allowsOrigin?: OriginPolicy;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackDoor;
};

/**
 * Decides by the Origin header (RFC 6455 clause 10.2); undefined for programs, which send none. Topics are as public as
 * the playlists, and embedded players need them.
 */
export type OriginPolicy = (origin: string | undefined) => boolean;

const PATH = '/ws/v1';
/** Largest message of a client. */
const MAX_MESSAGE_BYTES = 4096;
/** Most fragments of a message. */
const MAX_FRAGMENTS = 16;
const MAX_BUFFERED_CHUNKS = 64;
/** Subscriptions of one page. */
const MAX_SUBSCRIPTIONS = 64;
/** A peer with this many unread bytes misses statistics, which would be old. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** A peer with this many unread bytes is closed. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 30_000;
/** How long a peer may take to answer the close frame; the gateway's stop waits for it. */
const CLOSE_TIMEOUT_MS = 2_000;
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
const TOPICS: readonly StatsTopic[] = ['status', 'stream'];

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
      'Your address has too many WebSockets; close some. Proxies must be listed in http.exempt-networks.',
  },
};
const CLOSING: Problem = { status: 503, title: 'Shutting down', detail: 'The gateway is shutting down.' };
const FOREIGN: Problem = {
  status: 403,
  title: 'Not allowed',
  detail: 'Pages of this site may not open a WebSocket here.',
};

type Peer = {
  readonly socket: WebSocket;
  /** The client's address. */
  readonly client: string | undefined;
  readonly subscriptions: Set<string>;
  /** The token of each subscription to a signed stream, also of one that is asked for. */
  readonly tokens: Map<string, string>;
  /** Subscriptions whose JWT is being checked. */
  readonly asked: Map<string, Promise<PlaybackVerdict>>;
  isAlive: boolean;
};
type Subscription = Extract<ClientMessage, { op: 'sub' }>;

export class StatsSocket {
  readonly #options: StatsSocketOptions;
  readonly #peers = new Set<Peer>();
  /** `topic:name` → subscribers. */
  readonly #followers = new Map<string, Set<Peer>>();
  /** Made with the first WebSocket. */
  #server: WebSocketServer | undefined;
  readonly #places: PeerPlaces;
  readonly #heartbeat: NodeJS.Timeout;
  #isClosing = false;

  constructor(options: StatsSocketOptions) {
    this.#options = options;
    const { limits, admission, log } = options;
    this.#places = new PeerPlaces(admission.groups, limits.maxWebSockets, limits.maxWebSocketsPerAddress);
    const beat = guarded({ log }, () => this.#beat());
    this.#heartbeat = setInterval(beat, HEARTBEAT_MS).unref();
  }

  /** Whether a request target is the one for WebSockets. */
  isSocketPath(target: string): boolean {
    const path = originForm(target).split('?')[0] ?? '';
    return path === PATH || path === `${this.#options.basePath}${PATH}`;
  }

  /** WebSockets that are open. */
  get peerCount(): number {
    return this.#peers.size;
  }

  /** @returns false if the path is not ours; the caller then owns the socket */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!this.isSocketPath(request.url ?? '')) return false;
    const { log } = this.#options;
    const guard = { log, close: () => void socket.destroy() };
    socket.on(
      'error',
      guarded(guard, () => void socket.destroy()),
    );
    // The peer left before its turn: no `close` would follow to release its place.
    if (socket.destroyed) return true;
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      endWithProblem(socket, refusal);
      return true;
    }
    const client = this.#options.admission.clientOf(request);
    const leave = guarded({ log }, () => this.#places.leave(client));
    socket.once('close', leave);
    const accept = guarded(guard, (accepted: WebSocket) => this.#accept(accepted, client));
    this.#server ??= new (loadPackage<typeof import('ws')>('ws').WebSocketServer)(SERVER_OPTIONS);
    this.#server.handleUpgrade(request, socket, head, accept);
    return true;
  }

  /** Takes a place, or returns why there is none. */
  #refusal(request: IncomingMessage): Problem | undefined {
    const { allowsOrigin, admission } = this.#options;
    if (this.#isClosing) return CLOSING;
    if (allowsOrigin !== undefined && !allowsOrigin(request.headers.origin)) return FOREIGN;
    const client = admission.clientOf(request);
    const noPlace = this.#places.take(client);
    if (noPlace === undefined) return undefined;
    admission.refused(
      noPlace === 'in_all' ? 'too_many_websockets' : 'too_many_websockets_from_address',
      client,
    );
    return FULL[noPlace];
  }

  hasFollowers(topic: StatsTopic, name: string): boolean {
    return this.#followers.has(`${topic}:${name}`);
  }

  /** Sends one message to all subscribers of a topic; slow ones miss it if it `maySkip`. */
  publish(topic: StatsTopic, message: Extract<ServerMessage, { name: string }>, maySkip: boolean): void {
    const followers = this.#followers.get(`${topic}:${message.name}`);
    if (followers === undefined) return;
    const text = JSON.stringify(message);
    const isSigned = this.#options.playback?.isSigned(message.name) === true;
    for (const peer of followers) {
      if (isSigned && !this.#decide(peer, topic, message.name)) continue;
      if (!maySkip || peer.socket.bufferedAmount <= MAX_BUFFERED_BYTES) this.#sendText(peer, text);
    }
  }

  close(): void {
    this.#isClosing = true;
    clearInterval(this.#heartbeat);
    for (const peer of this.#peers) peer.socket.close(1001, 'the gateway is shutting down');
    this.#server?.close();
  }

  #accept(socket: WebSocket, client: string | undefined): void {
    const peer: Peer = {
      socket,
      client,
      subscriptions: new Set(),
      tokens: new Map(),
      asked: new Map(),
      isAlive: true,
    };
    this.#peers.add(peer);
    const guard = { log: this.#options.log, close: () => socket.terminate() };
    const onMessage = (data: RawData, isBinary: boolean): void =>
      this.#receive(peer, isBinary ? undefined : String(data));
    socket.on('message', guarded(guard, onMessage));
    socket.on(
      'pong',
      guarded(guard, () => {
        peer.isAlive = true;
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
    this.#send(peer, {
      op: 'hello',
      v: 1,
      serverTime: systemClock.epochMs(),
      version: this.#options.version,
      session: randomUUID(),
      topics: TOPICS,
    });
  }

  #receive(peer: Peer, text: string | undefined): void {
    const receivedAt = systemClock.epochMs();
    const message = parseClientMessage(text);
    switch (message.op) {
      case 'ping':
        return this.#send(peer, { op: 'pong', t0: message.t0, t1: receivedAt, t2: systemClock.epochMs() });
      case 'sub':
        return this.#subscribe(peer, message);
      case 'unsub':
        return this.#unsubscribe(peer, `${message.topic}:${message.name}`);
      case 'error':
        return this.#send(peer, message);
    }
  }

  #subscribe(peer: Peer, { topic, name, token }: Subscription): void {
    if (!isStreamName(name)) {
      return this.#send(peer, {
        op: 'error',
        code: 'bad_stream_name',
        message: 'a stream name is 1 to 64 letters, digits, "-" or "_"',
      });
    }
    const key = `${topic}:${name}`;
    const isNew = !peer.subscriptions.has(key) && !peer.asked.has(key);
    if (isNew && peer.subscriptions.size + peer.asked.size >= MAX_SUBSCRIPTIONS) {
      return this.#send(peer, {
        op: 'error',
        code: 'too_many_subscriptions',
        message: `a WebSocket may have ${MAX_SUBSCRIPTIONS} subscriptions`,
      });
    }
    if (this.#options.playback?.isSigned(name) !== true) return this.#follow(peer, topic, name);
    peer.tokens.set(key, token ?? '');
    peer.asked.delete(key);
    if (this.#decide(peer, topic, name)) this.#follow(peer, topic, name);
  }

  /**
   * Whether a peer may get messages about a signed stream now: its token is checked again each time, because it expires and secrets
   * are replaced. If a JWT has to be checked first, the subscription begins (again) after that.
   */
  #decide(peer: Peer, topic: StatsTopic, name: string): boolean {
    const { playback, log } = this.#options;
    const key = `${topic}:${name}`;
    if (playback === undefined || peer.asked.has(key)) return false;
    const verdict = playback.check(name, peer.tokens.get(key), peer.client);
    if (!(verdict instanceof Promise)) {
      if (verdict.kind === 'refused') this.#refuse(peer, topic, name, verdict);
      return verdict.kind === 'allowed';
    }
    peer.asked.set(key, verdict);
    const settle = (awaited: PlaybackVerdict): void => {
      // It has left or changed the subscription meanwhile.
      if (!this.#peers.has(peer) || peer.asked.get(key) !== verdict) return;
      peer.asked.delete(key);
      if (awaited.kind === 'refused') this.#refuse(peer, topic, name, awaited);
      else this.#follow(peer, topic, name);
    };
    void verdict.then(guarded({ log, close: () => peer.socket.terminate() }, settle));
    return false;
  }

  #refuse(peer: Peer, topic: StatsTopic, name: string, { code, message }: PlaybackRefusal): void {
    const key = `${topic}:${name}`;
    // The keys cannot be loaded now: a subscription waits until they can.
    if (code === 'playback_token_unchecked' && peer.subscriptions.has(key)) return;
    this.#options.admission.denied(code, peer.client);
    this.#unsubscribe(peer, key);
    this.#send(peer, { op: 'error', code, message, name });
  }

  #follow(peer: Peer, topic: StatsTopic, name: string): void {
    const key = `${topic}:${name}`;
    peer.subscriptions.add(key);
    const followers = this.#followers.get(key);
    if (followers === undefined) this.#followers.set(key, new Set([peer]));
    else followers.add(peer);
    if (topic === 'status') this.#send(peer, this.#options.status(name));
  }

  #unsubscribe(peer: Peer, key: string): void {
    peer.subscriptions.delete(key);
    peer.tokens.delete(key);
    peer.asked.delete(key);
    const followers = this.#followers.get(key);
    followers?.delete(peer);
    if (followers?.size === 0) this.#followers.delete(key);
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer);
    for (const key of [...peer.subscriptions]) this.#unsubscribe(peer, key);
  }

  #send(peer: Peer, message: ServerMessage): void {
    this.#sendText(peer, JSON.stringify(message));
  }

  #sendText(peer: Peer, text: string): void {
    if (peer.socket.readyState !== peer.socket.OPEN) return;
    // ws limits unread pongs itself.
    if (peer.socket.bufferedAmount > MAX_UNREAD_BYTES) peer.socket.terminate();
    else peer.socket.send(text);
  }

  #beat(): void {
    for (const peer of this.#peers) {
      if (!peer.isAlive) {
        peer.socket.terminate();
        continue;
      }
      peer.isAlive = false;
      peer.socket.ping();
    }
  }
}
