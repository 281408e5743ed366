// One connection of HTTP/1.1, plain or inside TLS. Requests are served in sequence (RFC 9112 clause 9.3.2), a limited number
// may wait, and a WebSocket opens after the earlier answers were sent.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../clock.ts';
import { type Guard, guarded } from '../guard.ts';
import { FIXED_LIMITS } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import { DirectConnection } from './direct-connection.ts';
import { HeadFields } from './direct-head.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { MediaRoute } from './http-exchange.ts';
import type { HttpHandler } from './http-handler.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { isOpenEnded } from './open-ended.ts';
import type { ServingTurns } from './serving-turns.ts';

/**
 * Unanswered requests at which reading of the socket stops. Only load generators pipeline more. Each uses some kilobytes
 * while it waits.
 */
const MAX_UNANSWERED = FIXED_LIMITS['http.unanswered'].limit;
/** At this number the connection ends. One read can contain 2,600 requests, which node:http parses at once. */
const MAX_PARSED = 256;
/** How long a WebSocket waits for earlier answers. The longest is a held request's, and players give up at 10 s. */
const MAX_UPGRADE_WAIT_MS = 10_000;

/** How long the client of a body that is not read may take to read its answer. */
const MAX_LINGER_MS = 1_000;

const NO_SOCKET_HERE: Problem = {
  status: 404,
  title: 'Not found',
  detail: 'There is no WebSocket at this path.',
};

const NOT_A_GET: Problem = {
  status: 405,
  title: 'Not allowed',
  detail: 'A WebSocket is opened with GET (RFC 6455 clause 4.1).',
};
const ALLOW_GET: readonly string[] = ['allow', 'GET'];

export type Http1ConnectionOptions = {
  readonly socket: Socket;
  readonly handler: HttpHandler;
  /** As StatsSocket's: opens a WebSocket on the socket, or refuses it. */
  readonly openWebSocket: (request: GatewayRequest, socket: Duplex, head: Buffer) => boolean;
  readonly onRefused: (code: 'too_many_unanswered' | 'upgrade_waited_too_long' | 'body_in_pieces') => void;
  /** Absent if node:http serves all requests. */
  readonly media?: MediaRoute | undefined;
  readonly turns: ServingTurns;
  /** Lets node:http serve the socket again. */
  readonly attach: (socket: Socket) => void;
  /** A head did not arrive in time. */
  readonly onSlow: (socket: Socket) => void;
  readonly log: Logger;
};

export class Http1Connection {
  /** Serves a parsed request. */
  readonly request: (request: GatewayRequest, response: ServerResponse) => void;
  /** Takes the socket over from node:http, for a WebSocket. */
  readonly upgrade: (request: GatewayRequest, head: Buffer) => void;
  /** The peer's address, also after the socket has closed. */
  readonly remoteAddress: string | undefined;
  readonly #options: Http1ConnectionOptions;
  readonly #guard: Guard;
  readonly #onAnswered: () => void;
  readonly #pause: () => void;
  readonly #pauseSoon: () => void;
  /** Unfinished responses in the order of requests; the first has the socket. */
  readonly #unanswered: ServerResponse[] = [];
  /** When the current response got the socket, or the last one was answered; before, when it was opened. */
  #turnSinceMs = systemClock.monotonicMs();
  #latest: ServerResponse | undefined;
  #hasServed = false;
  /** No later request is served. */
  #hasLast = false;
  #ignored = 0;
  #isPaused = false;
  #isPausing = false;
  #isClosing = false;
  #isWebSocket = false;
  /** A request that is answered, and whose body has not ended. */
  #unread: IncomingMessage | undefined;
  #openWhenAnswered: (() => void) | undefined;
  /** Present while node:http has not the socket. */
  #direct: DirectConnection | undefined;

  constructor(options: Http1ConnectionOptions) {
    const { socket, log } = options;
    this.#options = options;
    this.remoteAddress = socket.remoteAddress;
    this.#guard = { log, close: () => socket.destroy() };
    this.request = guarded(this.#guard, (request, response) => this.#request(request, response));
    this.upgrade = guarded(this.#guard, (request, head) => this.#upgrade(request, head));
    this.#onAnswered = guarded(this.#guard, () => this.#answered());
    this.#pause = guarded(this.#guard, () => {
      this.#isPausing = false;
      this.#isPaused = this.#mustPause;
      if (this.#isPaused) socket.pause();
    });
    this.#pauseSoon = guarded(this.#guard, () => process.nextTick(this.#pause));
  }

  get socket(): Socket {
    return this.#options.socket;
  }

  /** Whether there is no request and no WebSocket. */
  get isIdle(): boolean {
    if (this.#direct !== undefined) return this.#direct.isIdle;
    return this.#unanswered.length === 0 && !this.#isWebSocket;
  }

  /** Since when it is idle; monotonic, undefined while it is not. */
  get idleSinceMs(): number | undefined {
    if (!this.isIdle) return undefined;
    return this.#direct?.idleSinceMs ?? this.#turnSinceMs;
  }

  /** Whether it has had a request. */
  get hasServed(): boolean {
    return this.#hasServed;
  }

  /** When the current response got the socket; monotonic, undefined without one, and for one without an end. */
  get turnSinceMs(): number | undefined {
    if (this.#direct !== undefined) return this.#direct.turnSinceMs;
    const [first] = this.#unanswered;
    return first === undefined || isOpenEnded(first) ? undefined : this.#turnSinceMs;
  }

  /** Whether an error can be written: the next byte would begin a response and is not inside a body. */
  get isAwaiting(): boolean {
    const latest = this.#latest;
    if (latest === undefined || latest.writableFinished) return true;
    return latest.socket !== null && !latest.headersSent;
  }

  /** Ends an idle connection now, and a busy one after its answers. */
  close(): void {
    this.#isClosing = true;
    this.#direct?.close();
    if (this.isIdle) this.socket.destroy();
  }

  /** Ends the connection for a fault of the client. */
  refuse(code: Parameters<Http1ConnectionOptions['onRefused']>[0]): void {
    this.#options.onRefused(code);
    this.socket.destroy();
  }

  /** Ends a connection without node:http that is idle for too long. Called every few seconds. */
  check(nowMs: number): void {
    this.#direct?.check(nowMs);
  }

  /** Whether the connection can leave node:http with this request: a simple one for media, and nothing else is unanswered. */
  canBeDirect({ method, httpVersion, url = '', rawHeaders }: GatewayRequest): boolean {
    const { media, socket } = this.#options;
    if (media === undefined || method !== 'GET' || httpVersion !== '1.1' || !media.serves(url)) return false;
    if (this.#unanswered.length > 0 || this.#hasLast || this.#isClosing || 'encrypted' in socket)
      return false;
    return new HeadFields(rawHeaders).isSimple;
  }

  #request(request: GatewayRequest, response: ServerResponse): void {
    this.#hasServed = true;
    if (this.#hasLast || this.#unanswered.length >= MAX_PARSED) return this.#ignore();
    if (this.#unanswered.length === 0) this.#turnSinceMs = systemClock.monotonicMs();
    this.#unanswered.push(response);
    this.#latest = response;
    response.once('finish', this.#onAnswered);
    if (request.isUpgrade) {
      // Further bytes may belong to the other protocol, and node:http has dropped those of the same read.
      this.#hasLast = true;
      response.shouldKeepAlive = false;
    }
    this.#limitReading();
    if (response.socket !== null) this.#serve(request, response);
    else {
      const serve = guarded(this.#guard, () => this.#serve(request, response));
      response.once('socket', serve);
    }
  }

  /** A request that is not served: it came after the last one, or there are too many. */
  #ignore(): void {
    this.#ignored += 1;
    const isFlood = !this.#hasLast || this.#ignored === MAX_PARSED;
    this.#hasLast = true;
    if (!isFlood || this.socket.destroyed) return;
    this.refuse('too_many_unanswered');
  }

  /** Serves the next request. */
  #serve(request: GatewayRequest, response: ServerResponse): void {
    if (this.#isClosing) response.shouldKeepAlive = false;
    if (!request.isUpgrade || !request.wantsWebSocket) return this.#options.handler(request, response);
    if (request.hasSocketPath) sendProblem(response, NOT_A_GET, ALLOW_GET);
    else sendProblem(response, NO_SOCKET_HERE);
  }

  #answered(): void {
    const request = this.#unanswered.shift()?.req;
    this.#turnSinceMs = systemClock.monotonicMs();
    if (request !== undefined && !request.complete && 'transfer-encoding' in request.headers)
      this.#stopAtBody(request);
    this.#limitReading();
    if (this.#unanswered.length === 0) this.#openWhenAnswered?.();
  }

  /** A body in chunks has no length: after the answer, node:http would read and drop it for as long as a request may take. */
  #stopAtBody(request: IncomingMessage): void {
    const { socket } = this;
    this.#unread = request;
    // The end of the body may be in the read that is being parsed.
    const decide = guarded(this.#guard, () => {
      if (request.complete) {
        this.#unread = undefined;
        return this.#limitReading();
      }
      this.#hasLast = true;
      socket.end();
      socket.setTimeout(MAX_LINGER_MS);
    });
    setImmediate(decide);
  }

  get #mustPause(): boolean {
    return this.#unread !== undefined || this.#unanswered.length >= MAX_UNANSWERED;
  }

  /** Stops reading while too many requests wait, and resumes after enough answers. */
  #limitReading(): void {
    const mustPause = this.#mustPause;
    if (!mustPause && this.#isPaused) {
      this.#isPaused = false;
      this.socket.resume();
    }
    if (!mustPause || this.#isPausing) return;
    this.#isPausing = true;
    // node:http resumes its socket one tick after each request and answer. This runs after that.
    process.nextTick(this.#pauseSoon);
  }

  #upgrade(request: GatewayRequest, head: Buffer): void {
    if (request.isDirect === true) return this.#serveDirectly(request, head);
    const { openWebSocket } = this.#options;
    const { socket } = this;
    if (this.#unanswered.length === 0) {
      this.#isWebSocket = true;
      openWebSocket(request, socket, head);
      return;
    }
    const detach = this.#attendAnswers();
    if (this.#hasLast) return;
    this.#hasLast = true;
    const giveUp = guarded(this.#guard, () => this.refuse('upgrade_waited_too_long'));
    const timer = setTimeout(giveUp, MAX_UPGRADE_WAIT_MS);
    socket.once(
      'close',
      guarded(this.#guard, () => clearTimeout(timer)),
    );
    this.#openWhenAnswered = () => {
      clearTimeout(timer);
      // An earlier answer closed the connection.
      if (socket.destroyed || socket.writableEnded) return;
      detach();
      this.#isWebSocket = true;
      openWebSocket(request, socket, head);
    };
  }

  /** node:http has detached the socket. */
  #serveDirectly({ url = '', rawHeaders }: GatewayRequest, behind: Buffer): void {
    const { media, turns, socket, attach, onSlow, log } = this.#options;
    if (media === undefined) return void socket.destroy();
    this.#hasServed = true;
    const leave = (): void => {
      this.#direct = undefined;
      this.#turnSinceMs = systemClock.monotonicMs();
      attach(socket);
    };
    const direct = new DirectConnection({ socket, media, turns, leave, onSlow: () => onSlow(socket), log });
    this.#direct = direct;
    direct.begin(url, new HeadFields(rawHeaders), behind);
  }

  /** Replaces node:http's handling of earlier answers after an upgrade. @returns a function that ends it */
  #attendAnswers(): () => void {
    const { socket } = this;
    const destroy = guarded(this.#guard, () => void socket.destroy());
    const onDrain = guarded(this.#guard, () => {
      const [first] = this.#unanswered;
      if (first?.writableNeedDrain === true) first.emit('drain');
    });
    const onEnd = guarded(this.#guard, () => void socket.end());
    socket.on('drain', onDrain).on('end', onEnd).on('timeout', destroy).on('error', destroy);
    // RFC 6455 clause 4.1: a client sends nothing before the answer to its upgrade.
    socket.on('data', destroy);
    socket.resume();
    return () => {
      socket.off('drain', onDrain).off('end', onEnd).off('timeout', destroy).off('error', destroy);
      socket.off('data', destroy);
    };
  }
}
