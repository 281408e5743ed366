// One connection of HTTP/1.1, plain or inside TLS: requests are served one after the other (RFC 9112 clause 9.3.2), so many
// may wait, and a WebSocket opens when the answers before it have left.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../clock.ts';
import { type Guard, guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { HttpHandler } from './http-handler.ts';
import { type Problem, sendProblem } from './http-replies.ts';

/**
 * Requests without an answer, beyond which the socket is not read: nobody but a load generator sends more ahead. Each
 * costs some kilobytes while it waits.
 */
const MAX_UNANSWERED = 32;
/** One read brings up to 2,600 of them, all parsed before it can be stopped. Beyond this many the connection ends. */
const MAX_PARSED = 256;
/** How long a WebSocket waits for the answers before it; the longest is a held request's, and players give up at 10 s. */
const MAX_UPGRADE_WAIT_MS = 10_000;

const NO_SOCKET_HERE: Problem = {
  status: 404,
  title: 'Not found',
  detail: 'There is no WebSocket at this path.',
};

const NOT_A_GET: Problem = {
  status: 405,
  title: 'Not allowed',
  detail: 'A WebSocket is opened by GET (RFC 6455 clause 4.1).',
};
const ALLOW_GET: readonly string[] = ['allow', 'GET'];

export type Http1ConnectionOptions = {
  readonly socket: Socket;
  readonly handler: HttpHandler;
  /** As StatsSocket's: opens a WebSocket on the socket, or refuses it. */
  readonly openWebSocket: (request: GatewayRequest, socket: Duplex, head: Buffer) => boolean;
  readonly onRefused: (code: 'too_many_unanswered' | 'upgrade_waited_too_long') => void;
  readonly log: Logger;
};

export class Http1Connection {
  /** Serves a request that node:http has parsed. */
  readonly request: (request: GatewayRequest, response: ServerResponse) => void;
  /** Takes the socket over from node:http, for a WebSocket. */
  readonly upgrade: (request: GatewayRequest, head: Buffer) => void;
  /** The peer's; known after the socket has closed too. */
  readonly remoteAddress: string | undefined;
  readonly #options: Http1ConnectionOptions;
  readonly #guard: Guard;
  readonly #onAnswered: () => void;
  readonly #pause: () => void;
  readonly #pauseSoon: () => void;
  /** Responses that have not left, in the order of their requests: the first has the socket. */
  readonly #unanswered: ServerResponse[] = [];
  #turnSinceMs = 0;
  #latest: ServerResponse | undefined;
  /** No request behind this point is served. */
  #hasLast = false;
  #ignored = 0;
  #isPaused = false;
  #isPausing = false;
  #isClosing = false;
  #isWebSocket = false;
  #openWhenAnswered: (() => void) | undefined;

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
      this.#isPaused = this.#unanswered.length >= MAX_UNANSWERED;
      if (this.#isPaused) socket.pause();
    });
    this.#pauseSoon = guarded(this.#guard, () => process.nextTick(this.#pause));
  }

  get socket(): Socket {
    return this.#options.socket;
  }

  /** Whether nothing is under way: no request, and no WebSocket. */
  get isIdle(): boolean {
    return this.#unanswered.length === 0 && !this.#isWebSocket;
  }

  /** When the response that has the socket got it; monotonic, undefined when there is none. */
  get turnSinceMs(): number | undefined {
    return this.#unanswered.length === 0 ? undefined : this.#turnSinceMs;
  }

  /** Whether the peer's next byte from us would begin a response; an error amid another's body would be taken for media. */
  get isAwaiting(): boolean {
    const latest = this.#latest;
    if (latest === undefined || latest.writableFinished) return true;
    return latest.socket !== null && !latest.headersSent;
  }

  /** Ends an idle connection now, and a busy one after the answers that it waits for. */
  close(): void {
    this.#isClosing = true;
    if (this.isIdle) this.socket.destroy();
  }

  #request(request: GatewayRequest, response: ServerResponse): void {
    if (this.#hasLast || this.#unanswered.length >= MAX_PARSED) return this.#ignore();
    if (this.#unanswered.length === 0) this.#turnSinceMs = systemClock.monotonicMs();
    this.#unanswered.push(response);
    this.#latest = response;
    response.once('finish', this.#onAnswered);
    if (request.isUpgrade) {
      // What follows may be the other protocol's, and node:http has dropped what came in the same read.
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

  /** A request that is not served: it comes behind the last one, or it is one of too many. */
  #ignore(): void {
    this.#ignored += 1;
    const isFlood = !this.#hasLast || this.#ignored === MAX_PARSED;
    this.#hasLast = true;
    if (!isFlood || this.socket.destroyed) return;
    this.#options.onRefused('too_many_unanswered');
    this.socket.destroy();
  }

  /** A request whose turn it is. */
  #serve(request: GatewayRequest, response: ServerResponse): void {
    if (this.#isClosing) response.shouldKeepAlive = false;
    if (!request.isUpgrade || !request.wantsWebSocket) return this.#options.handler(request, response);
    if (request.hasSocketPath) sendProblem(response, NOT_A_GET, ALLOW_GET);
    else sendProblem(response, NO_SOCKET_HERE);
  }

  #answered(): void {
    this.#unanswered.shift();
    this.#turnSinceMs = systemClock.monotonicMs();
    this.#limitReading();
    if (this.#unanswered.length === 0) this.#openWhenAnswered?.();
  }

  /** Stops reading while too many requests wait, and goes on when enough answers have left. */
  #limitReading(): void {
    const isFull = this.#unanswered.length >= MAX_UNANSWERED;
    if (!isFull && this.#isPaused) {
      this.#isPaused = false;
      this.socket.resume();
    }
    if (!isFull || this.#isPausing) return;
    this.#isPausing = true;
    // node:http resumes its socket after each request that it has read and after each answer, a tick later. This comes after it.
    process.nextTick(this.#pauseSoon);
  }

  #upgrade(request: GatewayRequest, head: Buffer): void {
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
    const giveUp = guarded(this.#guard, () => {
      this.#options.onRefused('upgrade_waited_too_long');
      socket.destroy();
    });
    const timer = setTimeout(giveUp, MAX_UPGRADE_WAIT_MS);
    socket.once(
      'close',
      guarded(this.#guard, () => clearTimeout(timer)),
    );
    this.#openWhenAnswered = () => {
      clearTimeout(timer);
      // An answer before this one has closed the connection.
      if (socket.destroyed || socket.writableEnded) return;
      detach();
      this.#isWebSocket = true;
      openWebSocket(request, socket, head);
    };
  }

  /** Does for the answers that are to leave what node:http no longer does. @returns how to end that */
  #attendAnswers(): () => void {
    const { socket } = this;
    const destroy = guarded(this.#guard, () => void socket.destroy());
    const onDrain = guarded(this.#guard, () => {
      const [first] = this.#unanswered;
      if (first?.writableNeedDrain === true) first.emit('drain');
    });
    const onEnd = guarded(this.#guard, () => void socket.end());
    socket.on('drain', onDrain).on('end', onEnd).on('timeout', destroy).on('error', destroy);
    // RFC 6455 clause 4.1: a client says nothing before it has the answer to its upgrade.
    socket.on('data', destroy);
    socket.resume();
    return () => {
      socket.off('drain', onDrain).off('end', onEnd).off('timeout', destroy).off('error', destroy);
      socket.off('data', destroy);
    };
  }
}
