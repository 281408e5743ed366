// The HTTP listener: time limits against slow peers, upgrades, and a close that lets responses finish.

import { createServer, type Server } from 'node:http';
import type { Logger } from '../log.ts';
import type { HttpHandler } from './http-handler.ts';
import type { StatsSocket } from './stats-socket.ts';

/** Request heads are small; a peer that takes longer is not a player. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const CHECK_INTERVAL_MS = 2_000;
/** Longer than any reverse proxy in front keeps its own connections, so that none is closed under a request. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** A response that makes no progress for this long has no reader; held ones are answered well before. */
const STALLED_RESPONSE_MS = 20_000;
const MAX_HEADER_BYTES = 8 * 1024;

export class HttpServer {
  readonly #server: Server;

  constructor(handler: HttpHandler, stats: StatsSocket, log: Logger) {
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
        noDelay: true,
      },
      (request, response) => handler(request, response),
    );
    this.#server.timeout = STALLED_RESPONSE_MS;
    this.#server.on('upgrade', (request, socket, head) => {
      if (stats.handleUpgrade(request, socket, head)) return;
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    this.#server.on('clientError', (_error, socket) => {
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else socket.destroy();
    });
    this.#server.on('error', (error) => log.error({ err: error }, 'the HTTP listener failed'));
  }

  /** @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Stops accepting, lets running responses finish for `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }
}
