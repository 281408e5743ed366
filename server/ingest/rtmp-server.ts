// The RTMP and RTMPS listeners: accept connections within limits, and own them.

import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type NetworkList, plainAddress } from '../address.ts';
import type { Certificate } from '../certificate.ts';
import { type MonotonicClock, systemClock } from '../clock.ts';
import { type EarlyPort, LISTEN_BACKLOG, RTMP_SOCKETS } from '../early-port.ts';
import type { ErrorCode } from '../errors.ts';
import { EventLog } from '../event-log.ts';
import { everySeconds } from '../every-seconds.ts';
import { type Guard, guarded } from '../guard.ts';
import type { LimitTally } from '../limit-tally.ts';
import type { Authorizer, PublishRefusal } from '../live/authorizer.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Logger } from '../log.ts';
import { ClientSockets, connectionKey } from '../proxied/client-sockets.ts';
import { TrustedProxies } from '../proxied/trusted-proxies.ts';
import type { RtmpLimits } from '../rtmp/limits.ts';
import { HoldClock } from './hold-clock.ts';
import type { IngestLimits } from './limits.ts';
import { OneAddressWarning } from './one-address-warning.ts';
import { type Place, Places } from './places.ts';
import { RtmpConnection } from './rtmp-connection.ts';
import { TlsHandshakes } from './tls-handshakes.ts';

export type RtmpServerOptions = {
  readonly registry: StreamRegistry;
  readonly authorizer: Authorizer;
  readonly rtmpLimits: Partial<RtmpLimits>;
  readonly limits: IngestLimits;
  /** Further networks that count as private. */
  readonly trustedNetworks?: NetworkList;
  /** Proxies that may send a PROXY header; absent for none. */
  readonly proxies?: TrustedProxies;
  readonly hasProxyHeaders?: boolean;
  /** Called for each refused publish request; it must not throw. */
  readonly onPublishRefused?: (refusal: PublishRefusal) => void;
  /** The address of the report about a publish with `?test=1`. */
  readonly testReportUrl?: (id: string) => string;
  readonly log: Logger;
  /** The system's clock by default. */
  readonly clock?: MonotonicClock;
  /** Lines of one kind in a second. */
  readonly maxLogLines?: number;
  /** Counts the limits that are met. */
  readonly tally?: LimitTally;
};

const CLOSED = 'rtmp connection closed';
const REFUSED = 'rtmp connection refused';
const SILENCE_CHECK_SECONDS = 1;
const NO_PROXIES = new TrustedProxies({ networks: [], header: 'x-forwarded-for' });

/** An accepted TCP connection with its place. */
type Guest = { readonly place: Place; connection: RtmpConnection | undefined };
type TlsGuest = { readonly guest: Guest; readonly endHandshake: () => void };

export class RtmpServer {
  readonly #options: RtmpServerOptions;
  readonly #guard: Guard;
  readonly #events: EventLog;
  readonly #warning: OneAddressWarning;
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<RtmpConnection>();
  /** Open TCP connections. */
  readonly #guests = new Set<Socket>();
  /** TCP connections inside their TLS handshake. */
  readonly #unsecured = new Set<Socket>();
  /** Places of open sockets, including those in a TLS handshake and those that are closing. */
  readonly #places: Places;
  readonly #handshakes: TlsHandshakes;
  readonly #sockets: ClientSockets;
  readonly #holds: HoldClock;
  #stopChecking: (() => void) | undefined;

  constructor(options: RtmpServerOptions) {
    this.#options = options;
    this.#guard = { log: options.log };
    const { clock = systemClock } = options;
    this.#events = new EventLog(options.log, clock, options.maxLogLines, options.tally?.watcher('rtmp'));
    this.#warning = new OneAddressWarning(options.log);
    this.#places = new Places(options.limits, clock);
    this.#handshakes = new TlsHandshakes(options.limits);
    this.#holds = new HoldClock(systemClock, options.log);
    const { proxies = NO_PROXIES, hasProxyHeaders = false, log } = options;
    this.#sockets = new ClientSockets({
      proxies,
      hasHeaders: hasProxyHeaders,
      onBadHeader: (address = 'unknown', reason) => {
        const refusal = { code: 'bad_proxy_header', remote: plainAddress(address), reason } as const;
        this.#events.write('warn', refusal, REFUSED);
      },
      log,
    });
  }

  /** Open connections. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Open sockets, also those in a TLS handshake and those that are closing. */
  get placeCount(): number {
    return this.#places.count;
  }

  /** TLS handshakes in progress. */
  get handshakeCount(): number {
    return this.#handshakes.count;
  }

  /** Events of connections since the start, by code: ends, refusals, and media that was not played. */
  totals(): Iterable<readonly [code: string, count: number]> {
    return this.#events.totals();
  }

  /**
   * RTMP, on an early port if there is one. @returns the port, also when 0 asked for any free one. Rejects with the system's
   * error.
   */
  listen(port: number, host: string | undefined, early?: EarlyPort): Promise<number> {
    const listener = createServer(RTMP_SOCKETS);
    const onConnection = (socket: Socket): void => {
      this.#orDestroy(socket, () => {
        const guest = this.#admit(socket);
        if (guest !== undefined) this.#converse(socket, guest);
      });
    };
    this.#receive(listener, onConnection);
    return this.#open(listener, port, host, early);
  }

  /** RTMPS, with a certificate that may be renewed. @returns the port. Rejects with the system's error. */
  listenTls(port: number, host: string | undefined, certificate: Certificate): Promise<number> {
    const { tlsHandshakeMs } = this.#options.limits;
    const tls = process.getBuiltinModule('node:tls').createServer({
      ...RTMP_SOCKETS,
      ...certificate.options,
      handshakeTimeout: tlsHandshakeMs,
    });
    certificate.renewIn(tls);
    const guests = new Map<string, TlsGuest>();
    const onSecure = (socket: TLSSocket): void => {
      const admitted = guests.get(connectionKey(socket));
      admitted?.endHandshake();
      this.#sockets.adopt(socket);
      socket.allowHalfOpen = true;
      // It has ended, and its place was released.
      if (admitted === undefined || admitted.guest.place.isReleased) socket.destroy();
      else this.#orDestroy(socket, () => this.#converse(socket, admitted.guest));
    };
    tls.on('secureConnection', guarded(this.#guard, onSecure));
    const onFailure = (error: Error, socket: TLSSocket): void => {
      const remote = plainAddress(socket.remoteAddress ?? 'unknown');
      socket.destroy();
      this.#events.write('info', { code: 'tls_failed', remote, reason: error.message }, CLOSED);
    };
    tls.on('tlsClientError', guarded(this.#guard, onFailure));
    // Our own TCP listener refuses connections before TLS. Release the place of a peer that closes during the handshake, or it would
    // be held until the handshake's deadline.
    const listener = createServer({ ...RTMP_SOCKETS, allowHalfOpen: false });
    const onConnection = (socket: Socket): void => {
      const admitted = this.#admitToHandshake(socket);
      if (admitted === undefined) return;
      const key = connectionKey(socket);
      guests.set(key, admitted);
      const forget = (): void => {
        if (guests.get(key) === admitted) guests.delete(key);
      };
      socket.once('close', guarded(this.#guard, forget));
      tls.emit('connection', socket);
    };
    this.#receive(listener, onConnection);
    return this.#open(listener, port, host);
  }

  /** Stops listening and closes every connection with a reason. It may listen again afterwards. */
  async close(): Promise<void> {
    this.#stopChecking?.();
    this.#stopChecking = undefined;
    const closed = this.#listeners
      .splice(0)
      .map(
        (listener) => new Promise<void>((resolve) => listener.close(guarded(this.#guard, () => resolve()))),
      );
    for (const connection of this.#connections) connection.shutDown();
    // These would become publishers, and the listeners wait for them.
    this.#sockets.close();
    for (const socket of this.#unsecured) socket.destroy();
    // The listeners do not wait for connections of an early port.
    const gone = [...this.#guests].map(
      (socket) => new Promise((resolve) => void socket.once('close', resolve)),
    );
    await Promise.all([...closed, ...gone]);
  }

  #receive(listener: Server, onConnection: (socket: Socket) => void): void {
    listener.on(
      'connection',
      guarded(this.#guard, (socket: Socket) => this.#sockets.receive(socket, onConnection)),
    );
  }

  #open(listener: Server, port: number, host: string | undefined, early?: EarlyPort): Promise<number> {
    return new Promise((resolve, reject) => {
      const onRefused = guarded(this.#guard, reject);
      listener.once('error', onRefused);
      const onListening = (): void => {
        listener.off('error', onRefused);
        listener.on(
          'error',
          guarded(this.#guard, (error: Error) => this.#tellFailure(error)),
        );
        this.#listeners.push(listener);
        this.#stopChecking ??= everySeconds(SILENCE_CHECK_SECONDS, this.#guard, () => this.#checkSilence());
        const address = listener.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      };
      const begin = guarded(this.#guard, onListening);
      if (early !== undefined) early.handOver(listener, begin);
      else listener.listen({ port, backlog: LISTEN_BACKLOG, ...(host === undefined ? {} : { host }) }, begin);
    });
  }

  /** One connection could not be accepted; the listener continues. */
  #tellFailure(error: Error): void {
    const end = { code: 'listener_failed', reason: error.message };
    this.#events.write('warn', end, 'rtmp listener failed');
  }

  /** Gives a TCP connection a place, or ends it if there are too many. */
  #admit(socket: Socket): Guest | undefined {
    // A socket's error is followed by its close, which is handled.
    socket.on(
      'error',
      guarded(this.#guard, () => {}),
    );
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) {
      // Reset before it was accepted: there is no peer and no address to count.
      socket.destroy();
      return undefined;
    }
    let guest: Guest | undefined;
    const giveWay = (): void => {
      if (guest?.connection !== undefined) guest.connection.giveWay();
      else this.#refuse(socket, 'gave_way');
    };
    const admission = this.#places.admit(remoteAddress, giveWay);
    if (admission.kind === 'refused') {
      this.#refuse(socket, admission.code);
      return undefined;
    }
    const { place } = admission;
    guest = { place, connection: undefined };
    this.#guests.add(socket);
    const release = guarded(this.#guard, () => {
      this.#guests.delete(socket);
      this.#places.release(place);
    });
    socket.once('close', release);
    this.#warning.noteConnection(remoteAddress);
    return guest;
  }

  /** The same for a connection with a TLS handshake. */
  #admitToHandshake(socket: Socket): TlsGuest | undefined {
    const guest = this.#admit(socket);
    if (guest === undefined) return undefined;
    const end = this.#handshakes.begin(socket.remoteAddress ?? '');
    if (typeof end === 'string') {
      this.#refuse(socket, end);
      return undefined;
    }
    this.#unsecured.add(socket);
    const endHandshake = (): void => {
      this.#unsecured.delete(socket);
      end();
    };
    socket.once('close', guarded(this.#guard, endHandshake));
    return { guest, endHandshake };
  }

  /** A connection that cannot be set up is closed; the listener's guard logs why. */
  #orDestroy(socket: Socket, setUp: () => void): void {
    try {
      setUp();
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #refuse(socket: Socket, code: ErrorCode): void {
    const remote = plainAddress(socket.remoteAddress ?? 'unknown');
    socket.destroy();
    this.#events.write('warn', { code, remote }, REFUSED);
  }

  #converse(socket: Socket, guest: Guest): void {
    if (socket.destroyed) return;
    const connection = new RtmpConnection({
      ...this.#options,
      endings: this.#events,
      socket,
      holds: this.#holds,
      onPublishing: (publishing) => {
        this.#places.notePublished(guest.place);
        if (this.#options.authorizer.isOpen === true) this.#warning.notePublish(publishing.remoteAddress);
      },
      onClosed: (closed) => void this.#connections.delete(closed),
    });
    guest.connection = connection;
    this.#connections.add(connection);
  }

  /** Runs after received bytes were read, because timers fire first if the process was busy. */
  #checkSilence(): void {
    const check = (): void => {
      for (const connection of this.#connections) connection.checkSilence();
    };
    setImmediate(guarded(this.#guard, check));
  }
}
