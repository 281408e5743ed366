// The RTMP and RTMPS listeners: they accept within their caps, and own their connections.

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { plainAddress } from '../address.ts';
import type { Certificate } from '../certificate.ts';
import { EventLog } from '../event-log.ts';
import type { Authorizer } from '../live/authorizer.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Logger } from '../log.ts';
import type { RtmpLimits } from '../rtmp/limits.ts';
import type { IngestLimits } from './limits.ts';
import { RtmpConnection } from './rtmp-connection.ts';

export type RtmpServerOptions = {
  readonly registry: StreamRegistry;
  readonly authorizer: Authorizer;
  readonly rtmpLimits: Partial<RtmpLimits>;
  readonly limits: IngestLimits;
  readonly log: Logger;
};

const SOCKET_OPTIONS = {
  noDelay: true,
  keepAlive: true,
  // Half-open connections are found by the kernel after this long without a byte.
  keepAliveInitialDelay: 10_000,
  allowHalfOpen: true,
} as const;
const CLOSED = 'rtmp connection closed';
const SILENCE_CHECK_MS = 1_000;

export class RtmpServer {
  /** Connections closed so far, by named reason. */
  readonly closedByReason = new Map<string, number>();
  readonly #options: RtmpServerOptions;
  readonly #endings: EventLog;
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<RtmpConnection>();
  /** Sockets that are open, those in a TLS handshake and those on their way out included. */
  #socketCount = 0;
  readonly #socketsPerAddress = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RtmpServerOptions) {
    this.#options = options;
    this.#endings = new EventLog(options.log, () => performance.now());
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** RTMP. @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    const listener = createServer(SOCKET_OPTIONS, (socket) => this.#converse(socket));
    listener.prependListener('connection', (socket) => this.#admit(socket));
    return this.#open(listener, port, host);
  }

  /** RTMPS, with a certificate that may be renewed meanwhile. @returns the port. Rejects with the system's error. */
  listenTls(port: number, host: string | undefined, certificate: Certificate): Promise<number> {
    const listener = createTlsServer({
      ...SOCKET_OPTIONS,
      ...certificate.options,
      handshakeTimeout: this.#options.limits.tlsHandshakeMs,
    });
    certificate.renewIn(listener);
    listener.prependListener('connection', (socket: Socket) => this.#admit(socket));
    listener.on('secureConnection', (socket) => this.#converse(socket));
    listener.on('tlsClientError', (error, socket) => {
      const remote = plainAddress(socket.remoteAddress ?? 'unknown');
      socket.destroy();
      this.#countClosed('tls_failed');
      this.#endings.write('info', { code: 'tls_failed', remote, reason: error.message }, CLOSED);
    });
    return this.#open(listener, port, host);
  }

  /** Stops listening and closes every connection, each with a last word. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const closed = this.#listeners.map(
      (listener) =>
        new Promise<void>((resolve) => {
          if (listener.listening) listener.close(() => resolve());
          else resolve();
        }),
    );
    for (const connection of this.#connections) connection.shutDown();
    await Promise.all(closed);
  }

  #open(listener: Server, port: number, host: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        listener.off('error', reject);
        // Out of file descriptors, the kernel says so for every connection that comes.
        listener.on('error', (error) => {
          const end = { code: 'listener_failed', reason: error.message };
          this.#endings.write('warn', end, 'rtmp listener failed');
        });
        this.#listeners.push(listener);
        this.#timer ??= setInterval(() => this.#checkSilence(), SILENCE_CHECK_MS);
        const address = listener.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Counts a TCP connection, or ends it when there are too many; before any TLS handshake. */
  #admit(socket: Socket): void {
    if (socket.remoteAddress === undefined) {
      // Reset before it was accepted: there is nobody to talk to, or to count against an address.
      socket.on('error', () => {});
      socket.destroy();
      this.#countClosed('gone_before_accept');
      return;
    }
    const address = plainAddress(socket.remoteAddress);
    const refusal = this.#refusal(address);
    if (refusal !== undefined) {
      socket.on('error', () => {});
      socket.destroy();
      this.#countClosed(refusal);
      this.#endings.write('warn', { code: refusal, remote: address }, 'rtmp connection refused');
      return;
    }
    this.#socketCount += 1;
    this.#socketsPerAddress.set(address, (this.#socketsPerAddress.get(address) ?? 0) + 1);
    socket.once('close', () => {
      this.#socketCount -= 1;
      const left = (this.#socketsPerAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#socketsPerAddress.set(address, left);
      else this.#socketsPerAddress.delete(address);
    });
  }

  #refusal(address: string): string | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits;
    if (this.#socketCount >= maxConnections) return 'too_many_connections';
    return (this.#socketsPerAddress.get(address) ?? 0) >= maxConnectionsPerAddress
      ? 'too_many_from_address'
      : undefined;
  }

  #converse(socket: Socket): void {
    if (socket.destroyed) return;
    const connection = new RtmpConnection({
      ...this.#options,
      endings: this.#endings,
      socket,
      onClosed: (closed, code) => {
        this.#connections.delete(closed);
        this.#countClosed(code);
      },
    });
    this.#connections.add(connection);
  }

  #countClosed(code: string): void {
    this.closedByReason.set(code, (this.closedByReason.get(code) ?? 0) + 1);
  }

  /** After what has arrived is read: timers come first when the process was busy, and it was not the publishers' fault. */
  #checkSilence(): void {
    setImmediate(() => {
      for (const connection of this.#connections) connection.checkSilence();
    });
  }
}
