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
 * What one connection may keep inside node:http2, in its unit of 10^6 bytes; beyond it new requests are refused.
 * Responses on their way count in full, although those bytes are the stream's own: some long segments must fit.
 */
const MAX_SESSION_MEGABYTES = 128;
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
/** No answer takes longer: what is held comes within 10 s, and media this old has left the window. */
const MAX_STREAM_MS = 60_000;
/** How long a connection that was told to go may take for it. */
const MAX_LEAVING_MS = 5_000;
const SWEEP_INTERVAL_MS = 1_000;

type Connection = {
  readonly session: ServerHttp2Session;
  readonly socket: TLSSocket;
  openStreams: number;
  /** When the last stream ended, or the connection began; monotonic. */
  idleSinceMs: number;
  abandoned: number;
};

export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #log: Logger;
  readonly #connections = new Set<Connection>();
  /** Oldest first, and when they began. */
  readonly #streams = new Map<ServerHttp2Stream, number>();
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  constructor(handler: HttpHandler, log: Logger) {
    this.#log = log;
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
    this.#sweep = setInterval(() => this.#sweepAll(), SWEEP_INTERVAL_MS).unref();
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
      idleSinceMs: performance.now(),
      abandoned: 0,
    };
    this.#connections.add(connection);
    session.on('stream', (stream) => this.#begin(stream, connection));
    session.once('close', () => this.#connections.delete(connection));
    session.setTimeout(STALLED_RESPONSE_MS);
    session.on('timeout', () => {
      if (connection.openStreams > 0) socket.destroy();
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
      if (connection.abandoned <= MAX_ABANDONED || connection.socket.destroyed) return;
      this.#log.debug({ remote: connection.socket.remoteAddress }, 'an HTTP/2 peer abandons its requests');
      connection.socket.destroy();
    });
  }

  #sweepAll(): void {
    const now = performance.now();
    for (const [stream, beganAt] of this.#streams) {
      if (now - beganAt <= MAX_STREAM_MS) break;
      stream.close(constants.NGHTTP2_CANCEL);
    }
    for (const connection of this.#connections) {
      connection.abandoned = Math.max(0, connection.abandoned - ABANDONED_REGAINED_PER_SECOND);
      if (connection.openStreams > 0) continue;
      const idleMs = now - connection.idleSinceMs;
      if (idleMs > KEEP_ALIVE_TIMEOUT_MS) connection.session.close();
      // node:http2 waits for a peer to close its side, however long that takes.
      if (idleMs > KEEP_ALIVE_TIMEOUT_MS + MAX_LEAVING_MS) connection.socket.destroy();
    }
  }
}
