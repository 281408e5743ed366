// HTTP/2 connections (RFC 9113): limits, timeouts, and a close that lets responses finish.

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
import { FIXED_LIMITS } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import type { Admission } from './admission.ts';
import type { HttpHandler } from './http-handler.ts';
import { KEEP_ALIVE_TIMEOUT_MS, MAX_HEADER_BYTES, STALLED_RESPONSE_MS } from './http-limits.ts';
import type { IdleCandidate } from './idle-connections.ts';
import { isOpenEnded } from './open-ended.ts';

/** Clause 6.5.2 recommends at least 100. A player has about ten open requests; a page loads a few dozen files. */
const MAX_STREAMS = 100;
/**
 * Memory of one connection inside node:http2, in its unit of 10^6 bytes; above it new requests are refused. Each request gets
 * media in pieces of 64 KiB (paced-write.ts); this is twice that for all requests.
 */
const MAX_SESSION_MEGABYTES = 16;
/** Header fields of one request; browsers send about twenty. */
const MAX_HEADER_FIELDS = 64;
/** Entries of one SETTINGS frame; fewer than ten kinds are registered. */
const MAX_SETTINGS_ENTRIES = 16;
/** Invalid frames at which the connection ends. */
const MAX_INVALID_FRAMES = 100;
/** Requests above MAX_STREAMS at which the connection ends; the peer knows the limit from the first frame. */
const MAX_REJECTED_STREAMS = 100;
/**
 * Requests that end without an answer. Floods of them are attacks (CVE-2023-44487, CVE-2025-8671). A player cancels some when
 * it seeks, a proxy one for each viewer that leaves.
 */
const MAX_ABANDONED = FIXED_LIMITS['http2.abandoned'].limit;
const ABANDONED_REGAINED_PER_SECOND = 30;
/** Open streams at which the connection ends. One packet may open and abandon many before the first end is handled. */
const MAX_UNSETTLED = 2 * MAX_STREAMS;

/**
 * Bytes that a peer may send without a request: window updates, pings, settings, indexed header fields. A frame of nine bytes
 * costs a microsecond, and node:http2 does not report these frames, so bytes are counted. A request adds the size that its head
 * may have. Sent bytes add the window updates for them (two of 13 bytes for at most 16 KiB; some clients send smaller ones).
 */
const UNASKED_BYTES_PER_SECOND = 64 * 1024;
const UNASKED_PER_SENT_BYTE = 1 / 16;
/** Burst: it also covers the part of a request body that a client sends before it learns that the body is not wanted. */
const MAX_UNASKED_BYTES = 2 * 1024 * 1024;

/** Time limits; tests use shorter ones. */
export type Http2Times = {
  /** An open request without traffic. */
  readonly stalledMs: number;
  /** A connection without a request. */
  readonly keepAliveMs: number;
  /** A connection without the peer's preface, which follows the TLS handshake. */
  readonly prefaceMs: number;
  /** An answer: held requests are answered within 10 s, and media this old has left the window. */
  readonly maxStreamMs: number;
  /** The peer's close after ours, and the answer to our PING (clause 6.7). */
  readonly leavingMs: number;
  /** Idle time before a PING. */
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
  hasServed: boolean;
  /** Bytes so far, and when they last increased. */
  bytesRead: number;
  bytesWritten: number;
  movedAtMs: number;
  /** Bytes that the peer may still send without a request. */
  unasked: number;
  /** When the last stream ended, or the connection began; monotonic. */
  idleSinceMs: number;
  /** Whether the peer has sent its connection preface (clause 3.4). */
  hasSettings: boolean;
  /** Whether the peer sent GOAWAY (clause 6.8). */
  isDone: boolean;
  leavingSinceMs: number | undefined;
  /** When the open PING was sent. */
  probedSinceMs: number | undefined;
  /** Whether a PING was sent since the last request. */
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
  /** Start times; monotonic. */
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
      // Nobody reads the body of a GET, and node:http2 would keep 64 KiB of it, in as many pieces as the peer likes.
      if (isWithoutBody(request.method) && !request.stream.endAfterHeaders) request.resume();
      // Requests and responses of node:http2 are compatible with node:http's; only their types differ.
      serve(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    };
    this.#server.on('request', guarded(guard, onRequest));
    const onSessionError = (error: Error): void => log.debug({ err: error }, 'an HTTP/2 connection failed');
    this.#server.on('sessionError', guarded(guard, onSessionError));
    const sweep = guarded(guard, () => this.#sweepAll());
    this.#sweep = setInterval(sweep, times.sweepIntervalMs).unref();
  }

  /** Takes over a connection that agreed on `h2`. */
  accept(socket: TLSSocket): void {
    const watch = guarded(
      { log: this.#log, close: () => void socket.destroy() },
      (session: ServerHttp2Session) => this.#watch(session, socket),
    );
    this.#server.once('session', watch);
    this.#server.emit('connection', socket);
    // If no session was made, the next one must not get this.
    this.#server.off('session', watch);
  }

  /** Sends GOAWAY to every peer and accepts no new request; open requests may finish. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    for (const { session } of this.#connections) session.close();
  }

  /** For IdleConnections. */
  *candidates(): Generator<IdleCandidate> {
    for (const connection of this.#connections) {
      const { socket } = connection;
      yield {
        socket,
        get idleSinceMs() {
          return connection.openStreams === 0 ? connection.idleSinceMs : undefined;
        },
        get hasServed() {
          return connection.hasServed;
        },
      };
    }
  }

  #watch(session: ServerHttp2Session, socket: TLSSocket): void {
    const connection: Connection = {
      session,
      socket,
      openStreams: 0,
      hasServed: false,
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

  /** The peer closed its side. node:http2 would wait until the connection is idle. */
  #part(connection: Connection): void {
    if (connection.openStreams === 0) connection.socket.destroy();
    else connection.session.close();
  }

  #begin(stream: ServerHttp2Stream, connection: Connection): void {
    connection.openStreams += 1;
    connection.hasServed = true;
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

  /** Ends a connection that floods. */
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
      // node:http2 keeps a stream that the peer reset without an error (clause 8.1) until all is written, which never happens.
      if (stream.closed) stream.destroy();
      else if (nowMs - beganAt > this.#times.maxStreamMs && !isOpenEnded(stream))
        stream.close(constants.NGHTTP2_CANCEL);
    }
    const regained = (ABANDONED_REGAINED_PER_SECOND * this.#times.sweepIntervalMs) / 1000;
    for (const connection of this.#connections) {
      connection.abandoned = Math.max(0, connection.abandoned - regained);
      this.#check(connection, nowMs);
    }
  }

  #check(connection: Connection, nowMs: number): void {
    const { session, socket, openStreams, idleSinceMs } = connection;
    // A session without an error emits `close` only after its peer closed the socket.
    if (session.destroyed) connection.leavingSinceMs ??= nowMs;
    const { leavingSinceMs } = connection;
    const { stalledMs, keepAliveMs, leavingMs, prefaceMs, probeMs } = this.#times;
    if (this.#isFlooded(connection, nowMs)) return this.#expel(connection);
    if (leavingSinceMs !== undefined) {
      // It also waits without a limit for a peer that does not close.
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
   * node:http2 does not report the end of a session by a protocol error of its peer (it sends GOAWAY and stops reading), and
   * keeps its descriptor. Such a session does not answer PING.
   */
  #probe(connection: Connection, nowMs: number): void {
    connection.isProbed = true;
    connection.probedSinceMs = nowMs;
    const answered = guarded({ log: this.#log }, () => {
      connection.probedSinceMs = undefined;
    });
    connection.session.ping(answered);
  }

  /** Records traffic. @returns whether the peer floods */
  #isFlooded(connection: Connection, nowMs: number): boolean {
    // node:http2 may miss a connection that was lost during a write; its own timer also counts queued bytes.
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

/** RFC 9110 clauses 9.3.1, 9.3.2 and 9.3.7: what is asked for does not depend on content. */
function isWithoutBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
