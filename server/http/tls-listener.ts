// HTTPS: the TLS handshake, on a deadline, and what both sides then speak (ALPN, RFC 7301): HTTP/2 or HTTP/1.1.

import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from '../certificate.ts';
import type { Logger } from '../log.ts';
import { openPort } from './open-port.ts';

export type TlsListenerOptions = {
  readonly certificate: Certificate;
  readonly onHttp1: (socket: TLSSocket) => void;
  readonly onHttp2: (socket: TLSSocket) => void;
  readonly log: Logger;
};

/** A handshake is two round trips and a few milliseconds of work; a peer that needs longer only holds a socket. */
const HANDSHAKE_TIMEOUT_MS = 5_000;
/** The first that both know is taken. */
const PROTOCOLS = ['h2', 'http/1.1'];

export class TlsListener {
  readonly #server: Server;
  /** TCP connections, and the TLS ones on top of them. */
  readonly #sockets = new Set<Socket>();

  constructor(options: TlsListenerOptions) {
    const { certificate, log } = options;
    this.#server = createServer({
      ...certificate.options,
      ALPNProtocols: PROTOCOLS,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      // As node:http has it: a peer that has said all it wants to say still gets its answer.
      allowHalfOpen: true,
    });
    certificate.renewIn(this.#server);
    this.#server.on('connection', (socket: Socket) => this.#track(socket));
    this.#server.on('secureConnection', (socket) => {
      this.#track(socket);
      if (socket.destroyed) return;
      if (socket.alpnProtocol === 'h2') options.onHttp2(socket);
      else options.onHttp1(socket);
    });
    this.#server.on('tlsClientError', (error, socket) => {
      log.debug({ err: error }, 'a TLS handshake failed');
      socket.destroy();
    });
    this.#server.on('error', (error) => log.error({ err: error }, 'the HTTPS listener failed'));
  }

  /** @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    return openPort(this.#server, port, host);
  }

  /** Stops accepting; resolves when the last connection has gone. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Ends every connection, whatever it is doing. */
  closeAllConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
