// The HTTP listeners, plain and TLS: time limits for slow peers, upgrades, and a close that lets responses finish.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../certificate.ts';
import { systemClock } from '../clock.ts';
import type { EarlyPort } from '../early-port.ts';
import { everySeconds } from '../every-seconds.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
import { watchDescriptors } from './descriptors.ts';
import { type GatewayRequest, requestClass } from './gateway-request.ts';
import type { MediaRoute } from './http-exchange.ts';
import type { HttpHandler } from './http-handler.ts';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_HEADER_BYTES,
  MAX_RESPONSE_MS,
  STALLED_RESPONSE_MS,
} from './http-limits.ts';
import { endWithProblem, type Problem } from './http-replies.ts';
import { Http1Connection } from './http1-connection.ts';
import type { Http2Sessions } from './http2-sessions.ts';
import { type IdleCandidate, IdleConnections } from './idle-connections.ts';
import { openPort } from './open-port.ts';
import { ServingTurns } from './serving-turns.ts';
import type { StatsSocket } from './stats-socket.ts';
import type { TlsListener } from './tls-listener.ts';

const REQUEST_TIMEOUT_MS = 15_000;
const CHECK_SECONDS = 2;
/** Idle time of a connection while the gateway closes: enough to send the response. */
const CLOSING_KEEP_ALIVE_MS = 1;

const MALFORMED: Problem = {
  status: 400,
  title: 'Bad request',
  detail: 'This is not a valid HTTP/1.1 request.',
};
const TOO_SLOW: Problem = {
  status: 408,
  title: 'Too slow',
  detail: 'The request did not arrive in time.',
};
/** Problems for error codes of node:http. */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Request head too large',
    detail: `A request head is ${MAX_HEADER_BYTES} bytes at most.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};

export type HttpServerOptions = {
  readonly handler: HttpHandler & { readonly media?: MediaRoute };
  readonly stats: StatsSocket;
  readonly admission: Admission;
  readonly log: Logger;
  /** How long one response may take; tests use a shorter time. */
  readonly maxResponseMs?: number;
};

export class HttpServer {
  readonly #server: Server<typeof GatewayRequest>;
  readonly #options: HttpServerOptions;
  /** Connections with HTTP/1.1, including those that became WebSockets. */
  readonly #connections = new Map<Duplex, Http1Connection>();
  readonly #turns: ServingTurns;
  /** node:http's own listener for connections. */
  readonly #attach: (socket: Socket) => void;
  /** Serves an admitted connection. */
  readonly #serve: (socket: Socket) => void;
  #tls: TlsListener | undefined;
  #http2: Http2Sessions | undefined;
  #stopChecking: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(options: HttpServerOptions) {
    const { admission, log, stats } = options;
    this.#options = options;
    const server = createServer({
      IncomingMessage: requestClass({
        isSocketPath: (target) => stats.isSocketPath(target),
        canBeDirect: (request) => this.#connections.get(request.socket)?.canBeDirect(request) === true,
        refuseBody: ({ socket }) => this.#connections.get(socket)?.refuse('body_in_pieces'),
      }),
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_SECONDS * 1_000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    });
    this.#server = server;
    server.timeout = STALLED_RESPONSE_MS;
    const guard = { log };
    this.#turns = new ServingTurns(guard);
    const idle = new IdleConnections(() => this.#candidates());
    admission.whenFull(() => idle.closeLongest());
    const onRequest = (request: GatewayRequest, response: ServerResponse): void =>
      this.#connections.get(request.socket)?.request(request, response);
    server.on('request', guarded(guard, onRequest));
    const onUpgrade = (request: GatewayRequest, socket: Duplex, head: Buffer): void => {
      const connection = this.#connections.get(socket);
      if (connection === undefined) socket.destroy();
      else connection.upgrade(request, head);
    };
    server.on('upgrade', guarded(guard, onUpgrade));
    server.on(
      'clientError',
      guarded(guard, (error, socket) => this.#refuse(error, socket)),
    );
    server.on(
      'error',
      guarded(guard, (error) => {
        // `listen` rejects if a port cannot be opened, and the caller reports it.
        if (server.listening) admission.failed(error);
      }),
    );
    const [own] = server.listeners('connection');
    this.#attach = (socket) => void (own && Reflect.apply(own, server, [socket]));
    server.prependListener(
      'connection',
      guarded(guard, (socket) => this.#track(socket)),
    );
    this.#serve = admission.guard(server, 'http');
  }

  /** Plain HTTP, on an early port if there is one. @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  async listen(port: number, host: string | undefined, early?: EarlyPort): Promise<number> {
    const opened = await openPort(this.#server, port, host, early);
    const { log } = this.#options;
    this.#stopChecking = everySeconds(CHECK_SECONDS, { log }, () => this.#checkConnections());
    this.#stopWatching = watchDescriptors(log);
    return opened;
  }

  /** HTTPS, by HTTP/2 or HTTP/1.1; `listen` comes first. @returns the port. Rejects with the system's error. */
  async listenTls(port: number, host: string | undefined, certificate: Certificate): Promise<number> {
    const { handler, admission, log } = this.#options;
    // Loaded here, because most gateways have no certificate.
    const [{ Http2Sessions }, { TlsListener }] = await Promise.all([
      import('./http2-sessions.ts'),
      import('./tls-listener.ts'),
    ]);
    const http2 = new Http2Sessions({ handler, log, admission });
    this.#http2 = http2;
    this.#tls = new TlsListener({
      certificate,
      admission,
      // HTTP/1.1 inside TLS is one more connection of the plain server, with all of its limits.
      onHttp1: (socket) => this.#serve(socket),
      onHttp2: (socket) => http2.accept(socket),
      log,
    });
    return this.#tls.listen(port, host);
  }

  /** Stops accepting, lets running responses finish for `graceMs`, then closes what is left. */
  async close(graceMs: number): Promise<void> {
    this.#stopChecking?.();
    this.#stopWatching?.();
    if (!this.#server.listening) return;
    const closed = [new Promise<void>((resolve) => this.#server.close(() => resolve())), this.#tls?.close()];
    this.#server.keepAliveTimeout = CLOSING_KEEP_ALIVE_MS;
    // node:http treats connections without a request, which browsers keep open, as busy.
    for (const connection of this.#connections.values()) connection.close();
    this.#options.admission.close();
    this.#http2?.close();
    const end = guarded({ log: this.#options.log }, () => {
      for (const { socket } of this.#connections.values()) socket.destroy();
      this.#tls?.closeAllConnections();
    });
    const timer = setTimeout(end, graceMs);
    await Promise.all([...closed, this.#untilEmpty()]);
    clearTimeout(timer);
  }

  /** node:http does not wait for connections that came over another listener: TLS, or an early port. */
  #untilEmpty(): Promise<unknown> {
    const sockets = [...this.#connections.keys()].filter((socket) => !socket.closed);
    return Promise.all(sockets.map((socket) => new Promise((resolve) => void socket.once('close', resolve))));
  }

  *#candidates(): Generator<IdleCandidate> {
    yield* this.#connections.values();
    if (this.#http2 !== undefined) yield* this.#http2.candidates();
  }

  #track(socket: Socket): void {
    const { handler, stats, admission, log } = this.#options;
    const connection = new Http1Connection({
      socket,
      handler,
      openWebSocket: (...upgrade) => stats.handleUpgrade(...upgrade),
      onRefused: (code) => admission.refused(code, connection.remoteAddress),
      media: handler.media,
      turns: this.#turns,
      attach: this.#attach,
      onSlow: (slow) => void endWithProblem(slow, TOO_SLOW),
      log,
    });
    this.#connections.set(socket, connection);
    const forget = guarded({ log }, () => void this.#connections.delete(socket));
    socket.once('close', forget);
  }

  /** A request that is invalid or too slow. */
  #refuse(error: Error, socket: Duplex): void {
    const isAwaiting = this.#connections.get(socket)?.isAwaiting ?? true;
    if (socket.writable && isAwaiting)
      endWithProblem(socket, PROBLEMS['code' in error ? String(error.code) : ''] ?? MALFORMED);
    else socket.destroy();
  }

  /**
   * Ends idle connections, and those of slow readers: they could keep a response forever, because the socket timeout restarts at every
   * byte.
   */
  #checkConnections(): void {
    const { maxResponseMs = MAX_RESPONSE_MS } = this.#options;
    const nowMs = systemClock.monotonicMs();
    const oldest = nowMs - maxResponseMs;
    for (const connection of this.#connections.values()) {
      connection.check(nowMs);
      const { socket, turnSinceMs } = connection;
      if (turnSinceMs !== undefined && turnSinceMs < oldest) socket.destroy();
    }
  }
}
