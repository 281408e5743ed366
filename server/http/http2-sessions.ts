// HTTP/2 connections (RFC 9113): what one may ask for, how long it may take, and an end that lets responses finish.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Logger } from '../log.ts';
import type { HttpHandler } from './http-handler.ts';
import { KEEP_ALIVE_TIMEOUT_MS, MAX_HEADER_BYTES, STALLED_RESPONSE_MS } from './http-limits.ts';

/** Clause 6.5.2 recommends no fewer; a player has about ten requests open, a page loads a few dozen files. */
const MAX_STREAMS = 100;
/**
 * What one connection may keep inside node:http2, in its unit of 10^6 bytes; beyond it new requests are refused. Media
 * is given to it by 64 KiB for each request (paced-write.ts); twice that for all requests is room enough.
 */
const MAX_SESSION_MEGABYTES = 16;
/** Header fields of one request; browsers send about twenty. */
const MAX_HEADER_FIELDS = 64;
/** Entries of one SETTINGS frame; fewer than ten kinds are registered. */
const MAX_SETTINGS_ENTRIES = 16;
/** Frames that no correct peer sends, before the connection ends. */
const MAX_INVALID_FRAMES = 100;
/** Requests beyond MAX_STREAMS, before the connection ends: a peer learns of the limit in the first frame. */
const MAX_REJECTED_STREAMS = 100;
/**
 * Requests that end without their answer, whoever ends them, cost work and bring nothing: floods of them are attacks
 * (CVE-2023-44487, CVE-2025-8671). A player drops some when it seeks, a proxy one for each viewer that leaves.
 */
const MAX_ABANDONED = 200;
const ABANDONED_REGAINED_PER_SECOND = 30;
/** Those of one packet are all there before the first is seen to have ended; of such, no peer needs more. */
const MAX_UNSETTLED = 2 * MAX_STREAMS;

/** Time limits; a test has shorter ones. */
export type Http2Times = {
  /** An open request, and nothing that goes either way. */
  readonly stalledMs: number;
  /** A connection without a request. */
  readonly keepAliveMs: number;
  /** An answer: what is held comes within 10 s, and media this old has left the window. */
  readonly maxStreamMs: number;
  /** A connection that has ended on our side, until its peer reads that. */
  readonly leavingMs: number;
  readonly sweepIntervalMs: number;
};
export const HTTP2_TIMES: Http2Times = {
  stalledMs: STALLED_RESPONSE_MS,
  keepAliveMs: KEEP_ALIVE_TIMEOUT_MS,
  maxStreamMs: 60_000,
  leavingMs: 5_000,
  sweepIntervalMs: 1_000,
};

type Connection = {
  readonly session: ServerHttp2Session;
  readonly socket: TLSSocket;
  openStreams: number;
  /** Read and written so far, and when that last grew. */
  bytes: number;
  movedAtMs: number;
  /** When the last stream ended, or the connection began; monotonic. */
  idleSinceMs: number;
  leavingSinceMs: number | undefined;
  abandoned: number;
};

export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #log: Logger;
  readonly #times: Http2Times;
  readonly #connections = new Set<Connection>();
  /** When they began; monotonic. */
  readonly #streams = new Map<ServerHttp2Stream, number>();
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  constructor(handler: HttpHandler, log: Logger, times = HTTP2_TIMES) {
    this.#log = log;
    this.#times = times;
    this.#server = createServer({
      settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
      maxSessionMemory: MAX_SESSION_MEGABYTES,
      maxHeaderListPairs: MAX_HEADER_FIELDS,
      maxSettings: MAX_SETTINGS_ENTRIES,
      maxSessionInvalidFrames: MAX_INVALID_FRAMES,
      maxSessionRejectedStreams: MAX_REJECTED_STREAMS,
    });
    this.#server.on('request', (request, response) => {
      // node:http2 gives its requests and responses the shape of node:http's; only their types are strangers.
      handler(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    });
    this.#server.on('sessionError', (error) => log.debug({ err: error }, 'an HTTP/2 connection failed'));
    this.#sweep = setInterval(() => this.#sweepAll(), times.sweepIntervalMs).unref();
  }

  /** Takes over a connection whose two sides have agreed on `h2`. */
  accept(socket: TLSSocket): void {
    this.#server.once('session', (session) => this.#watch(session, socket));
    this.#server.emit('connection', socket);
  }

  /** Tells every peer to go (GOAWAY), and takes no new request; those that are open may finish. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    for (const { session } of this.#connections) session.close();
  }

  #watch(session: ServerHttp2Session, socket: TLSSocket): void {
    const connection: Connection = {
      session,
      socket,
      openStreams: 0,
      bytes: 0,
      movedAtMs: performance.now(),
      idleSinceMs: performance.now(),
      leavingSinceMs: undefined,
      abandoned: 0,
    };
    this.#connections.add(connection);
    session.on('stream', (stream) => this.#begin(stream, connection));
    session.once('close', () => this.#connections.delete(connection));
    session.once('error', () => {
      connection.leavingSinceMs = performance.now();
    });
    if (this.#isClosing) session.close();
  }

  #begin(stream: ServerHttp2Stream, connection: Connection): void {
    connection.openStreams += 1;
    this.#streams.set(stream, performance.now());
    stream.once('close', () => {
      this.#streams.delete(stream);
      connection.openStreams -= 1;
      connection.idleSinceMs = performance.now();
      if (stream.writableFinished && stream.rstCode === constants.NGHTTP2_NO_ERROR) return;
      connection.abandoned += 1;
      if (connection.abandoned > MAX_ABANDONED) this.#expel(connection);
    });
    if (connection.openStreams > MAX_UNSETTLED) this.#expel(connection);
  }

  #expel({ session, socket }: Connection): void {
    if (socket.destroyed) return;
    this.#log.debug({ remote: socket.remoteAddress }, 'an HTTP/2 peer abandons its requests');
    session.destroy();
    socket.destroy();
  }

  #sweepAll(): void {
    const now = performance.now();
    for (const [stream, beganAt] of this.#streams) {
      // node:http2 keeps what a peer has reset without an error (clause 8.1) until all of it is written: never.
      if (stream.closed) stream.destroy();
      else if (now - beganAt > this.#times.maxStreamMs) stream.close(constants.NGHTTP2_CANCEL);
    }
    const regained = (ABANDONED_REGAINED_PER_SECOND * this.#times.sweepIntervalMs) / 1000;
    for (const connection of this.#connections) {
      connection.abandoned = Math.max(0, connection.abandoned - regained);
      this.#check(connection, now);
    }
  }

  #check(connection: Connection, now: number): void {
    const { session, socket, leavingSinceMs, openStreams, idleSinceMs } = connection;
    const { stalledMs, keepAliveMs, leavingMs } = this.#times;
    // node:http2 may miss that a connection was lost while it wrote; its own timer counts what it has only queued.
    const bytes = socket.bytesRead + socket.bytesWritten;
    if (bytes !== connection.bytes) {
      connection.bytes = bytes;
      connection.movedAtMs = now;
    }
    if (leavingSinceMs !== undefined) {
      // Nor does it give up on a peer that does not close, however long that takes.
      if (now - leavingSinceMs > leavingMs) socket.destroy();
    } else if (openStreams > 0) {
      if (now - connection.movedAtMs > stalledMs) socket.destroy();
    } else if (now - idleSinceMs > keepAliveMs) {
      session.close();
      connection.leavingSinceMs = now;
    }
  }
}
