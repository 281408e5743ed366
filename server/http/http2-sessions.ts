// HTTP/2 connections (RFC 9113): what one may ask for, how long it may take, and an end that lets responses finish.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../clock.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
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

/**
 * What a peer may send without asking for anything: window updates, pings, settings, header fields that only refer to others.
 * Frames of nine bytes cost a microsecond each, and node:http2 shows us none of them, so bytes are counted. A request earns
 * as much as its head may have; bytes that we send earn the window updates for them (13 bytes twice, for 16 KiB at most, and
 * some clients send smaller ones).
 */
const UNASKED_BYTES_PER_SECOND = 64 * 1024;
const UNASKED_PER_SENT_BYTE = 1 / 16;
/** At once: also as much of a request's body as a client sends before it reads that nobody wants it. */
const MAX_UNASKED_BYTES = 2 * 1024 * 1024;

/** Time limits; a test has shorter ones. */
export type Http2Times = {
  /** An open request, and nothing that goes either way. */
  readonly stalledMs: number;
  /** A connection without a request. */
  readonly keepAliveMs: number;
  /** A connection without its peer's preface, which comes with the end of the TLS handshake. */
  readonly prefaceMs: number;
  /** An answer: what is held comes within 10 s, and media this old has left the window. */
  readonly maxStreamMs: number;
  /** A connection that has ended on our side, until its peer reads that; and the answer to our PING (clause 6.7). */
  readonly leavingMs: number;
  /** A connection without a request, until it is asked whether it lives. */
  readonly probeMs: number;
  readonly sweepIntervalMs: number;
};
export const HTTP2_TIMES: Http2Times = {
  stalledMs: STALLED_RESPONSE_MS,
  keepAliveMs: KEEP_ALIVE_TIMEOUT_MS,
  prefaceMs: 5_000,
  maxStreamMs: 60_000,
  leavingMs: 5_000,
  probeMs: 5_000,
  sweepIntervalMs: 500,
};

type Connection = {
  readonly session: ServerHttp2Session;
  readonly socket: TLSSocket;
  openStreams: number;
  /** So far, and when one of them last grew. */
  bytesRead: number;
  bytesWritten: number;
  movedAtMs: number;
  /** Bytes that the peer may still send without asking for anything. */
  unasked: number;
  /** When the last stream ended, or the connection began; monotonic. */
  idleSinceMs: number;
  /** Whether the peer has sent its connection preface (clause 3.4). */
  hasSettings: boolean;
  /** Whether the peer has said that it asks for nothing more (GOAWAY, clause 6.8). */
  isDone: boolean;
  leavingSinceMs: number | undefined;
  /** When it was asked whether it lives, until it answers. */
  probedSinceMs: number | undefined;
  /** Whether it was asked since its last request. */
  isProbed: boolean;
  abandoned: number;
};

export type Http2Options = {
  readonly handler: HttpHandler;
  readonly admission: Admission;
  readonly log: Logger;
  readonly times?: Http2Times;
};

export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #log: Logger;
  readonly #admission: Admission;
  readonly #times: Http2Times;
  readonly #connections = new Set<Connection>();
  /** When they began; monotonic. */
  readonly #streams = new Map<ServerHttp2Stream, number>();
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  constructor(options: Http2Options) {
    const { handler, admission, log, times = HTTP2_TIMES } = options;
    this.#log = log;
    this.#admission = admission;
    this.#times = times;
    this.#server = createServer({
      settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
      maxSessionMemory: MAX_SESSION_MEGABYTES,
      maxHeaderListPairs: MAX_HEADER_FIELDS,
      maxSettings: MAX_SETTINGS_ENTRIES,
      maxSessionInvalidFrames: MAX_INVALID_FRAMES,
      maxSessionRejectedStreams: MAX_REJECTED_STREAMS,
    });
    const guard = { log };
    const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      const serve = guarded({ log, close: () => response.stream.destroy() }, handler);
      // node:http2 gives its requests and responses the shape of node:http's; only their types are strangers.
      serve(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    };
    this.#server.on('request', guarded(guard, onRequest));
    const onSessionError = (error: Error): void => log.debug({ err: error }, 'an HTTP/2 connection failed');
    this.#server.on('sessionError', guarded(guard, onSessionError));
    const sweep = guarded(guard, () => this.#sweepAll());
    this.#sweep = setInterval(sweep, times.sweepIntervalMs).unref();
  }

  /** Takes over a connection whose two sides have agreed on `h2`. */
  accept(socket: TLSSocket): void {
    const watch = guarded(
      { log: this.#log, close: () => void socket.destroy() },
      (session: ServerHttp2Session) => this.#watch(session, socket),
    );
    this.#server.once('session', watch);
    this.#server.emit('connection', socket);
    // A session that could not be made must not leave this to the next one.
    this.#server.off('session', watch);
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
      bytesRead: 0,
      bytesWritten: 0,
      movedAtMs: systemClock.monotonicMs(),
      unasked: MAX_UNASKED_BYTES,
      idleSinceMs: systemClock.monotonicMs(),
      hasSettings: false,
      isDone: false,
      leavingSinceMs: undefined,
      probedSinceMs: undefined,
      isProbed: false,
      abandoned: 0,
    };
    this.#connections.add(connection);
    const guard = { log: this.#log, close: () => void socket.destroy() };
    const leave = guarded(guard, () => {
      connection.leavingSinceMs ??= systemClock.monotonicMs();
    });
    const begin = guarded(guard, (stream: ServerHttp2Stream) => this.#begin(stream, connection));
    const forget = guarded(guard, () => void this.#connections.delete(connection));
    const hear = guarded(guard, () => {
      connection.hasSettings = true;
    });
    const part = guarded(guard, () => this.#part(connection));
    const finish = guarded(guard, () => {
      connection.isDone = true;
    });
    session.once('goaway', finish);
    session.on('stream', begin).once('remoteSettings', hear).once('close', leave).once('error', leave);
    socket.once('end', part).once('close', forget);
    if (this.#isClosing) session.close();
  }

  /** The peer has closed its side: it asks for nothing more, and node:http2 would wait until the connection is idle. */
  #part(connection: Connection): void {
    if (connection.openStreams === 0) connection.socket.destroy();
    else connection.session.close();
  }

  #begin(stream: ServerHttp2Stream, connection: Connection): void {
    connection.openStreams += 1;
    connection.isProbed = false;
    connection.unasked += MAX_HEADER_BYTES;
    this.#streams.set(stream, systemClock.monotonicMs());
    const end = guarded({ log: this.#log }, () => this.#end(stream, connection));
    stream.once('close', end);
    if (connection.openStreams > MAX_UNSETTLED) this.#expel(connection);
  }

  #end(stream: ServerHttp2Stream, connection: Connection): void {
    this.#streams.delete(stream);
    connection.openStreams -= 1;
    connection.idleSinceMs = systemClock.monotonicMs();
    if (stream.writableFinished && stream.rstCode === constants.NGHTTP2_NO_ERROR) return;
    connection.abandoned += 1;
    if (connection.abandoned > MAX_ABANDONED) this.#expel(connection);
  }

  /** Ends a connection that costs work and asks for nothing. */
  #expel({ session, socket }: Connection): void {
    if (socket.destroyed) return;
    const { remoteAddress } = socket;
    this.#admission.refused('http2_flood', remoteAddress);
    this.#admission.penalise(remoteAddress);
    session.destroy();
    socket.destroy();
  }

  #sweepAll(): void {
    const nowMs = systemClock.monotonicMs();
    for (const [stream, beganAt] of this.#streams) {
      // node:http2 keeps what a peer has reset without an error (clause 8.1) until all of it is written: never.
      if (stream.closed) stream.destroy();
      else if (nowMs - beganAt > this.#times.maxStreamMs) stream.close(constants.NGHTTP2_CANCEL);
    }
    const regained = (ABANDONED_REGAINED_PER_SECOND * this.#times.sweepIntervalMs) / 1000;
    for (const connection of this.#connections) {
      connection.abandoned = Math.max(0, connection.abandoned - regained);
      this.#check(connection, nowMs);
    }
  }

  #check(connection: Connection, nowMs: number): void {
    const { session, socket, openStreams, idleSinceMs } = connection;
    // Of a session that ends in peace, `close` is emitted only when its peer has closed the socket.
    if (session.destroyed) connection.leavingSinceMs ??= nowMs;
    const { leavingSinceMs } = connection;
    const { stalledMs, keepAliveMs, leavingMs, prefaceMs, probeMs } = this.#times;
    if (this.#isFlooded(connection, nowMs)) return this.#expel(connection);
    if (leavingSinceMs !== undefined) {
      // Nor does it give up on a peer that does not close, however long that takes.
      if (nowMs - leavingSinceMs > leavingMs) socket.destroy();
    } else if (openStreams > 0) {
      if (nowMs - connection.movedAtMs > stalledMs) socket.destroy();
    } else if (!connection.hasSettings && nowMs - idleSinceMs > prefaceMs) {
      socket.destroy();
    } else if (connection.isDone && nowMs - idleSinceMs > leavingMs) {
      socket.destroy();
    } else if (nowMs - idleSinceMs > keepAliveMs) {
      session.close();
      connection.leavingSinceMs = nowMs;
    } else if (nowMs - (connection.probedSinceMs ?? nowMs) > leavingMs) {
      socket.destroy();
    } else if (!connection.isProbed && nowMs - idleSinceMs > probeMs) {
      this.#probe(connection, nowMs);
    }
  }

  /**
   * node:http2 does not tell that a session has ended by a protocol error of its peer (GOAWAY is sent, nothing is read any more),
   * and would keep its descriptor. Such a session answers no PING.
   */
  #probe(connection: Connection, nowMs: number): void {
    connection.isProbed = true;
    connection.probedSinceMs = nowMs;
    const answered = guarded({ log: this.#log }, () => {
      connection.probedSinceMs = undefined;
    });
    connection.session.ping(answered);
  }

  /** Takes note of what has moved. @returns whether the peer has sent too much that asks for nothing */
  #isFlooded(connection: Connection, nowMs: number): boolean {
    // node:http2 may miss that a connection was lost while it wrote; its own timer counts what it has only queued.
    const { bytesRead, bytesWritten } = connection.socket;
    const read = bytesRead - connection.bytesRead;
    const written = bytesWritten - connection.bytesWritten;
    if (read > 0 || written > 0) connection.movedAtMs = nowMs;
    connection.bytesRead = bytesRead;
    connection.bytesWritten = bytesWritten;
    const earned =
      (UNASKED_BYTES_PER_SECOND * this.#times.sweepIntervalMs) / 1000 + written * UNASKED_PER_SENT_BYTE;
    connection.unasked = Math.min(MAX_UNASKED_BYTES, connection.unasked + earned) - read;
    return connection.unasked < 0;
  }
}
