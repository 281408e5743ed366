// The HTTP listener: time limits against slow peers, upgrades, and a close that lets responses finish.

import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../log.ts';
import type { HttpHandler } from './http-handler.ts';
import { endWithProblem, type Problem } from './http-replies.ts';
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
/** What a connection may stay idle once the gateway closes: just long enough for the response to leave. */
const CLOSING_KEEP_ALIVE_MS = 1;

const NO_SOCKET_HERE: Problem = {
  status: 404,
  title: 'Not found',
  detail: 'There is no WebSocket at this path.',
};
const MALFORMED: Problem = {
  status: 400,
  title: 'Bad request',
  detail: 'This is not a valid HTTP/1.1 request.',
};
/** What node:http calls the faults that are not mere damage. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Head too large',
    detail: `A request head is ${MAX_HEADER_BYTES} bytes at most.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Too slow',
    detail: 'The request did not arrive in time.',
  },
};

export class HttpServer {
  readonly #server: Server;
  /** The latest response of each connection that speaks HTTP: what goes on there is seen on it. */
  readonly #latest = new Map<Duplex, ServerResponse | undefined>();

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
      (request, response) => {
        this.#latest.set(request.socket, response);
        handler(request, response);
      },
    );
    this.#server.timeout = STALLED_RESPONSE_MS;
    this.#server.on('connection', (socket) => {
      this.#latest.set(socket, undefined);
      socket.once('close', () => this.#latest.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#latest.delete(socket);
      socket.on('error', () => socket.destroy());
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') serveWithoutUpgrade(request, handler);
      else if (!stats.handleUpgrade(request, socket, head)) endWithProblem(socket, NO_SOCKET_HERE);
    });
    this.#server.on('clientError', (error, socket) => {
      if (socket.writable && isAwaiting(this.#latest.get(socket)))
        endWithProblem(socket, PROBLEMS['code' in error ? String(error.code) : ''] ?? MALFORMED);
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
    this.#server.keepAliveTimeout = CLOSING_KEEP_ALIVE_MS;
    // node:http takes connections that have not asked for anything yet, as browsers keep them, for busy ones.
    for (const [socket, response] of this.#latest) {
      if (response === undefined || response.writableFinished) socket.destroy();
    }
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }
}

/** RFC 9110 clause 7.8: an upgrade that is not wanted is ignored, and the request answered. curl and Java ask for h2c. */
function serveWithoutUpgrade(request: IncomingMessage, handler: HttpHandler): void {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end(() => socket.destroy()));
  handler(request, response);
}

/** Whether the peer's next byte from us would begin a response; an error amid another's body would be taken for media. */
function isAwaiting(latest: ServerResponse | undefined): boolean {
  if (latest === undefined || latest.writableFinished) return true;
  return latest.socket !== null && !latest.headersSent;
}
