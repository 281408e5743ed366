// HTTPS: the TLS handshake with a deadline and limits, and the choice of HTTP/2 or HTTP/1.1 (ALPN, RFC 7301).

import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from '../certificate.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
import { openPort } from './open-port.ts';

export type TlsListenerOptions = {
  readonly certificate: Certificate;
  readonly admission: Admission;
  readonly onHttp1: (socket: TLSSocket) => void;
  readonly onHttp2: (socket: TLSSocket) => void;
  readonly log: Logger;
};

/** A handshake takes two round trips and a few milliseconds of work. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
/** In order of preference. */
const PROTOCOLS = ['h2', 'http/1.1'];

export class TlsListener {
  readonly #server: Server;
  readonly #options: TlsListenerOptions;
  /** TCP connections and their TLS connections. */
  readonly #sockets = new Set<Socket>();

  constructor(options: TlsListenerOptions) {
    const { certificate, admission, log } = options;
    this.#options = options;
    this.#server = createServer({
      ...certificate.options,
      ALPNProtocols: PROTOCOLS,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      // Like node:http: a peer that closed its side still gets its answer.
      allowHalfOpen: true,
    });
    certificate.renewIn(this.#server);
    const guard = { log };
    this.#server.prependListener(
      'connection',
      guarded(guard, (socket: Socket) => this.#track(socket)),
    );
    admission.guard(this.#server, 'tls');
    this.#server.on(
      'secureConnection',
      guarded(guard, (socket) => this.#begin(socket)),
    );
    this.#server.on(
      'tlsClientError',
      guarded(guard, (error, socket) => {
        log.debug({ err: error }, 'a TLS handshake failed');
        socket.destroy();
      }),
    );
    this.#server.on(
      'error',
      guarded(guard, (error) => admission.failed(error)),
    );
  }

  /** @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    return openPort(this.#server, port, host);
  }

  /** Stops accepting; resolves when the last connection has closed. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Ends every connection. */
  closeAllConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #begin(socket: TLSSocket): void {
    const { admission, onHttp1, onHttp2, log } = this.#options;
    admission.shookHands(socket);
    this.#track(socket);
    if (socket.destroyed) return;
    const take = guarded({ log, close: () => void socket.destroy() }, () =>
      socket.alpnProtocol === 'h2' ? onHttp2(socket) : onHttp1(socket),
    );
    take();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    const forget = guarded({ log: this.#options.log }, () => void this.#sockets.delete(socket));
    socket.once('close', forget);
  }
}
