// How many may connect: limits of connections and TLS handshakes, in all and per address. A refused peer is told why, if possible.

import type { Server, Socket } from 'node:net';
import type { PlayRefusalCode } from '../access/play-callback.ts';
import type { PlaybackRefusalCode } from '../access/playback-verdict.ts';
import { plainAddress } from '../address.ts';
import { type MonotonicClock, systemClock } from '../clock.ts';
import { EventLog } from '../event-log.ts';
import { guarded } from '../guard.ts';
import type { LimitTally } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import { PeerGroups, PeerRates } from '../peer-rates.ts';
import { ClientSockets, connectionKey } from '../proxied/client-sockets.ts';
import type { ForwardedRequest, TrustedProxies } from '../proxied/trusted-proxies.ts';
import type { NoRoom } from '../stats/viewer-count.ts';
import type { HttpLimits } from './http-limits.ts';
import { type Problem, problemMessage } from './http-replies.ts';
import { type NoPlace, PeerPlaces } from './peer-places.ts';

/** Burst of handshakes of one address, in seconds: a school class opens a page at the same time. */
const HANDSHAKE_BURST_S = 10;
/** How long a refused peer may take to read why. */
const REFUSAL_LINGER_MS = 1_000;
/** Refused peers that are answered at the same time; others are only closed. */
const MAX_LINGERING = 64;

const PROBLEMS: Readonly<Record<NoPlace, Problem>> = {
  in_all: {
    status: 503,
    title: 'No room',
    detail: 'The gateway has too many connections; try again in a few seconds.',
  },
  per_address: {
    status: 429,
    title: 'Too many connections',
    detail:
      'Your address has too many connections; close some. Proxies must be listed in proxies.trusted or http.exempt-networks.',
  },
};

export type RefusalCode =
  | 'too_many_connections'
  | 'too_many_connections_from_address'
  | 'too_many_handshakes'
  | 'too_many_handshakes_from_address'
  | 'too_many_websockets'
  | 'too_many_websockets_from_address'
  | 'too_many_messages'
  | 'too_many_held'
  | 'too_many_held_from_address'
  | 'too_many_reports_from_address'
  | 'too_many_unanswered'
  | 'body_in_pieces'
  | 'upgrade_waited_too_long'
  | NoRoom
  | 'bad_proxy_header'
  | 'http2_flood';

/** Admits connections of all HTTP listeners and counts them. */
export class Admission {
  /** Groups of clients. */
  readonly groups: PeerGroups;
  readonly #proxies: TrustedProxies;
  readonly #sockets: ClientSockets;
  readonly #connections: PeerPlaces;
  readonly #maxHandshakes: number;
  /** Connections inside their TLS handshake, by their peer's address and port. */
  readonly #handshakes = new Set<string>();
  readonly #handshakeRates: PeerRates;
  readonly #log: Logger;
  readonly #refusals: EventLog;
  readonly #lingering = new Set<Socket>();
  /** Admitted and not closed. */
  readonly #open = new Set<Socket>();
  /** Sent to those that have closed. */
  #closedSentBytes = 0;
  #closeIdle: () => boolean = () => false;

  constructor(
    limits: HttpLimits,
    log: Logger,
    maxLogLines?: number,
    clock: MonotonicClock = systemClock,
    tally?: LimitTally,
  ) {
    this.groups = new PeerGroups(limits.exempt);
    this.#proxies = limits.proxies;
    // A trusted proxy's connections carry requests of many clients.
    const peers = new PeerGroups(limits.exempt, (address) => limits.proxies.has(address));
    this.#connections = new PeerPlaces(peers, limits.maxConnections, limits.maxConnectionsPerAddress);
    this.#sockets = new ClientSockets({
      proxies: limits.proxies,
      hasHeaders: limits.hasProxyHeaders,
      onBadHeader: (address, reason) => this.refused('bad_proxy_header', address, reason),
      log,
    });
    this.#maxHandshakes = limits.maxHandshakes;
    this.#handshakeRates = new PeerRates(peers, limits.maxHandshakesPerAddress, HANDSHAKE_BURST_S, clock);
    this.#log = log;
    this.#refusals = new EventLog(log, clock, maxLogLines, tally?.watcher('http'));
  }

  /** Connections that are open; over TLS, those whose handshake is done. */
  get connectionCount(): number {
    return this.#open.size;
  }

  /** Connections with a place, also those inside their TLS handshake. */
  get placeCount(): number {
    return this.#connections.total;
  }

  get handshakeCount(): number {
    return this.#handshakes.size;
  }

  /** Sent on all connections since the start, bytes; over TLS, before they are encrypted. It never falls. */
  get sentBytes(): number {
    let bytes = this.#closedSentBytes;
    for (const socket of this.#open) bytes += sentOn(socket);
    return bytes;
  }

  /** How many peers were refused since the start, by code. */
  refusals(): Iterable<readonly [code: string, count: number]> {
    return this.#refusals.totals();
  }

  /** The address of a request's client, behind trusted proxies the one that they tell. */
  clientOf(request: ForwardedRequest): string | undefined {
    return this.#proxies.clientOf(request);
  }

  /** Logs a refused peer; a flood of one code is counted instead (`unwritten`). */
  refused(code: RefusalCode, address: string | undefined, reason?: string): void {
    const remote = plainAddress(address ?? 'unknown');
    const fields = reason === undefined ? { code, remote } : { code, remote, reason };
    this.#refusals.write('warn', fields, 'http peer refused');
  }

  /**
   * Logs a viewer without access, and counts it like a refused peer. Links expire every day, so this is no warning. The
   * requested name is left out, because somebody may have entered a publish key.
   */
  denied(
    code: PlaybackRefusalCode | PlayRefusalCode | 'wrong_password' | 'too_many_passwords',
    address: string | undefined,
  ): void {
    const remote = plainAddress(address ?? 'unknown');
    this.#refusals.write('info', { code, remote }, 'viewer refused');
  }

  /** Takes the burst of handshakes from a peer that attacks. */
  penalise(address: string | undefined): void {
    this.#handshakeRates.empty(address);
  }

  /** `closeIdle` closes a connection without a request when a new one needs its place, and returns whether there was one. */
  whenFull(closeIdle: () => boolean): void {
    this.#closeIdle = closeIdle;
  }

  /** The handshake of a TLS connection has ended. */
  shookHands(socket: Socket): void {
    this.#handshakes.delete(connectionKey(socket));
    this.#sockets.adopt(socket);
    this.#watch(socket);
  }

  /** The listeners close: ends connections that were not admitted yet. */
  close(): void {
    this.#sockets.close();
  }

  /** The listener could not accept a connection, for example without file descriptors. */
  failed(error: Error): void {
    this.#refusals.write('warn', { code: 'listener_failed', reason: error.message }, 'http listener failed');
  }

  /**
   * Checks every connection of `server` before its own listeners get it.
   * @returns those listeners, for a connection that was admitted elsewhere
   */
  guard(server: Server, kind: 'http' | 'tls'): (socket: Socket) => void {
    const listeners = server.listeners('connection');
    const serve = (socket: Socket): void => {
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    };
    server.removeAllListeners('connection');
    const admit = (socket: Socket): void => {
      if (kind === 'http' ? this.#admit(socket, true) : this.#admitTls(socket)) serve(socket);
    };
    server.on(
      'connection',
      guarded({ log: this.#log }, (socket: Socket) => this.#sockets.receive(socket, admit)),
    );
    return serve;
  }

  #admit(socket: Socket, canBeTold: boolean): boolean {
    const { remoteAddress } = socket;
    if (isGone(socket)) return drop(socket);
    const noPlace = this.#connections.take(remoteAddress, () => this.#makeRoom(remoteAddress));
    if (noPlace === undefined) {
      if (canBeTold) this.#watch(socket);
      const leave = guarded({ log: this.#log }, () => this.#connections.leave(remoteAddress));
      socket.once('close', leave);
      return true;
    }
    this.refused(
      noPlace === 'in_all' ? 'too_many_connections' : 'too_many_connections_from_address',
      remoteAddress,
    );
    if (!canBeTold || this.#lingering.size >= MAX_LINGERING) return drop(socket);
    this.#tell(socket, PROBLEMS[noPlace]);
    return false;
  }

  #makeRoom(newcomer: string | undefined): boolean {
    if (!this.#closeIdle()) return false;
    const fields = { code: 'too_many_connections', remote: plainAddress(newcomer ?? 'unknown') };
    this.#refusals.write('warn', fields, 'an idle http connection was closed for a new one');
    return true;
  }

  #watch(socket: Socket): void {
    this.#open.add(socket);
    const forget = guarded({ log: this.#log }, () => {
      this.#open.delete(socket);
      this.#closedSentBytes += sentOn(socket);
    });
    socket.once('close', forget);
  }

  /** A handshake is the most expensive request, so it is refused before it starts. */
  #admitTls(socket: Socket): boolean {
    const { remoteAddress } = socket;
    if (isGone(socket)) return drop(socket);
    if (!this.#handshakeRates.take(remoteAddress)) {
      this.refused('too_many_handshakes_from_address', remoteAddress);
      return drop(socket);
    }
    if (this.#handshakes.size >= this.#maxHandshakes) {
      this.refused('too_many_handshakes', remoteAddress);
      return drop(socket);
    }
    if (!this.#admit(socket, false)) return false;
    const peer = connectionKey(socket);
    this.#handshakes.add(peer);
    const end = guarded({ log: this.#log }, () => void this.#handshakes.delete(peer));
    socket.once('close', end);
    return true;
  }

  #tell(socket: Socket, problem: Problem): void {
    this.#lingering.add(socket);
    const destroy = guarded({ log: this.#log }, () => void socket.destroy());
    const timer = setTimeout(destroy, REFUSAL_LINGER_MS);
    const forget = guarded({ log: this.#log }, () => {
      clearTimeout(timer);
      this.#lingering.delete(socket);
    });
    socket.once('close', forget);
    socket.once('error', destroy);
    // If the request stays unread, the kernel resets the connection and the answer is lost.
    socket.once('end', destroy);
    socket.resume();
    socket.end(problemMessage(problem));
  }
}

/** What the system has taken. `bytesWritten` has what waits for it too, which is lost when the connection is. */
function sentOn(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}

function isGone(socket: Socket): boolean {
  return socket.destroyed || socket.remoteAddress === undefined;
}

/** @returns false: not admitted */
function drop(socket: Socket): false {
  socket.on('error', () => {});
  socket.destroy();
  return false;
}
