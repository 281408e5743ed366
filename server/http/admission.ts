// Who may connect: caps on connections and TLS handshakes, in all and per address. A refused peer is told why where it can be.

import type { Server, Socket } from 'node:net';
import { plainAddress } from '../address.ts';
import { type MonotonicClock, systemClock } from '../clock.ts';
import { EventLog } from '../event-log.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import { PeerGroups, PeerRates } from '../peer-rates.ts';
import type { HttpLimits } from './http-limits.ts';
import { type Problem, problemMessage } from './http-replies.ts';
import { type NoPlace, PeerPlaces } from './peer-places.ts';

/** Handshakes that one address may make at once, in seconds' worth: a school class opens its page together. */
const HANDSHAKE_BURST_S = 10;
/** How long a refused peer may take to read why. */
const REFUSAL_LINGER_MS = 1_000;
/** Refused peers that are told at the same time; those beyond are only closed. */
const MAX_LINGERING = 64;

const PROBLEMS: Readonly<Record<NoPlace, Problem>> = {
  in_all: {
    status: 503,
    title: 'No room',
    detail: 'The gateway takes no more connections now; come back in a few seconds.',
  },
  per_address: {
    status: 429,
    title: 'Too many connections',
    detail: 'Your address has too many connections; close some. A proxy belongs in http.exempt-networks.',
  },
};

export type RefusalCode =
  | 'too_many_connections'
  | 'too_many_connections_from_address'
  | 'too_many_handshakes'
  | 'too_many_handshakes_from_address'
  | 'too_many_websockets'
  | 'too_many_websockets_from_address'
  | 'too_many_held_from_address'
  | 'too_many_unanswered'
  | 'upgrade_waited_too_long'
  | 'http2_flood';

/** Admits connections of every HTTP listener, and owns what their caps count. */
export class Admission {
  readonly groups: PeerGroups;
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

  constructor(limits: HttpLimits, log: Logger, maxLogLines?: number, clock: MonotonicClock = systemClock) {
    this.groups = new PeerGroups(limits.exempt);
    this.#connections = new PeerPlaces(this.groups, limits.maxConnections, limits.maxConnectionsPerAddress);
    this.#maxHandshakes = limits.maxHandshakes;
    this.#handshakeRates = new PeerRates(
      this.groups,
      limits.maxHandshakesPerAddress,
      HANDSHAKE_BURST_S,
      clock,
    );
    this.#log = log;
    this.#refusals = new EventLog(log, clock, maxLogLines);
  }

  /** Connections that are open; over TLS, those whose handshake is done. */
  get connectionCount(): number {
    return this.#open.size;
  }

  /** Sent on all connections since the start, bytes; over TLS, before they are encrypted. */
  get sentBytes(): number {
    let bytes = this.#closedSentBytes;
    for (const socket of this.#open) bytes += socket.bytesWritten;
    return bytes;
  }

  /** How many peers were refused since the start, by code. */
  refusals(): Iterable<readonly [code: string, count: number]> {
    return this.#refusals.totals();
  }

  /** Writes that a peer was refused; a flood of one code is counted instead (`unwritten`). */
  refused(code: RefusalCode, address: string | undefined): void {
    const remote = plainAddress(address ?? 'unknown');
    this.#refusals.write('warn', { code, remote }, 'http peer refused');
  }

  /** A peer that attacks starts anew at the slow rate of handshakes. */
  penalise(address: string | undefined): void {
    this.#handshakeRates.empty(address);
  }

  /** The handshake of a TLS connection is over. */
  shookHands(socket: Socket): void {
    this.#handshakes.delete(peerOf(socket));
    this.#watch(socket);
  }

  /** The listener could not accept, say for want of file descriptors. */
  failed(error: Error): void {
    this.#refusals.write('warn', { code: 'listener_failed', reason: error.message }, 'http listener failed');
  }

  /**
   * Has every connection of `server` pass here before the server's own listeners see it.
   * @returns those listeners, for a connection that has been admitted elsewhere
   */
  guard(server: Server, kind: 'http' | 'tls'): (socket: Socket) => void {
    const listeners = server.listeners('connection');
    const serve = (socket: Socket): void => {
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    };
    server.removeAllListeners('connection');
    const admit = guarded({ log: this.#log }, (socket: Socket) => {
      if (kind === 'http' ? this.#admit(socket, true) : this.#admitTls(socket)) serve(socket);
    });
    server.on('connection', admit);
    return serve;
  }

  #admit(socket: Socket, canBeTold: boolean): boolean {
    const { remoteAddress } = socket;
    if (isGone(socket)) return drop(socket);
    const noPlace = this.#connections.take(remoteAddress);
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

  #watch(socket: Socket): void {
    this.#open.add(socket);
    const forget = guarded({ log: this.#log }, () => {
      this.#open.delete(socket);
      this.#closedSentBytes += socket.bytesWritten;
    });
    socket.once('close', forget);
  }

  /** A handshake costs more than anything else that a stranger can ask for: it is refused before it begins. */
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
    const peer = peerOf(socket);
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
    // Closed with its request unread, the kernel would reset the connection, and the reason would be lost.
    socket.once('end', destroy);
    socket.resume();
    socket.end(problemMessage(problem));
  }
}

/** TCP sockets and the TLS sockets on top of them have this in common. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function isGone(socket: Socket): boolean {
  return socket.destroyed || socket.remoteAddress === undefined;
}

/** @returns false, for who asks whether it is in */
function drop(socket: Socket): false {
  socket.on('error', () => {});
  socket.destroy();
  return false;
}
