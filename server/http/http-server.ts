// The HTTP listeners, plain and TLS: time limits against slow peers, upgrades, a close that lets responses finish.

import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../certificate.ts';
import type { Logger } from '../log.ts';
import type { HttpHandler } from './http-handler.ts';
import { KEEP_ALIVE_TIMEOUT_MS, MAX_HEADER_BYTES, STALLED_RESPONSE_MS } from './http-limits.ts';
import { endWithProblem, type Problem } from './http-replies.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { openPort } from './open-port.ts';
import type { StatsSocket } from './stats-socket.ts';
import { TlsListener } from './tls-listener.ts';

/** Request heads are small; a peer that takes longer is not a player. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const CHECK_INTERVAL_MS = 2_000;
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
  readonly #handler: HttpHandler;
  readonly #log: Logger;
  #tls: TlsListener | undefined;
  #http2: Http2Sessions | undefined;
  /** The latest response of each connection that speaks HTTP: what goes on there is seen on it. */
  readonly #latest = new Map<Duplex, ServerResponse | undefined>();

  constructor(handler: HttpHandler, stats: StatsSocket, log: Logger) {
    this.#log = log;
    this.#handler = handler;
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
    this.#server.on('error', (error) => {
      // A port that cannot be opened rejects `listen`, and the caller reports it.
      if (this.#server.listening) log.error({ err: error }, 'the HTTP listener failed');
    });
  }

  /** Plain HTTP. @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    return openPort(this.#server, port, host);
  }

  /** HTTPS, by HTTP/2 or HTTP/1.1; `listen` comes first. @returns the port. Rejects with the system's error. */
  listenTls(port: number, host: string | undefined, certificate: Certificate): Promise<number> {
    const http2 = new Http2Sessions(this.#handler, this.#log);
    this.#http2 = http2;
    this.#tls = new TlsListener({
      certificate,
      // What speaks HTTP/1.1 inside TLS is one more connection of the plain server, with all of its limits.
      onHttp1: (socket) => void this.#server.emit('connection', socket),
      onHttp2: (socket) => http2.accept(socket),
      log: this.#log,
    });
    return this.#tls.listen(port, host);
  }

  /** Stops accepting, lets running responses finish for `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = [new Promise<void>((resolve) => this.#server.close(() => resolve())), this.#tls?.close()];
    this.#server.keepAliveTimeout = CLOSING_KEEP_ALIVE_MS;
    // node:http takes connections that have not asked for anything yet, as browsers keep them, for busy ones.
    for (const [socket, response] of this.#latest) {
      if (response === undefined || response.writableFinished) socket.destroy();
    }
    this.#http2?.close();
    const timer = setTimeout(() => {
      this.#server.closeAllConnections();
      this.#tls?.closeAllConnections();
    }, graceMs);
    await Promise.all(closed);
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
