// Ports that the command opens before it loads the code behind them, which takes longer than everything before. Connections that
// come meanwhile wait.

import { createServer, type Server, type ServerOpts, type Socket } from 'node:net';
import { type FaultLog, guarded } from './guard.ts';

/**
 * Connections that the system accepts while the process is busy. Node's 511 are fewer than the viewers that open a link at the
 * same time; those above wait a second or longer until their system tries again. Linux allows 4,096 by default (somaxconn).
 */
export const LISTEN_BACKLOG = 4_096;
/** For RTMP. The system finds half-open connections after ten seconds without a byte. */
export const RTMP_SOCKETS = {
  noDelay: true,
  // A socket that is paused (ingest/read-turns.ts) reads one more piece, and leaves the rest in the kernel. Sockets inside TLS ignore
  // this: Node passes it to the TCP socket only.
  highWaterMark: 1,
  keepAlive: true,
  keepAliveInitialDelay: 10_000,
  allowHalfOpen: true,
} as const;
/** For HTTP, as node:http's own server has them. */
export const HTTP_SOCKETS = { noDelay: true, allowHalfOpen: true } as const;

/** Nothing can be logged yet. An error of a socket is followed by its close. */
const NO_LOG: FaultLog = { error: () => {} };

export class EarlyPort {
  readonly #listener: Server;
  readonly #waiting = new Set<Socket>();
  readonly #ignore = guarded({ log: NO_LOG }, () => {});

  private constructor(listener: Server) {
    this.#listener = listener;
    const keep = (socket: Socket): void => {
      this.#waiting.add(socket);
      const forget = guarded({ log: NO_LOG }, () => void this.#waiting.delete(socket));
      socket.once('close', forget).on('error', this.#ignore);
    };
    listener.on('connection', guarded({ log: NO_LOG }, keep));
  }

  /** An empty `host` is every address. Rejects with the system's error. */
  static open(port: number, host: string, sockets: ServerOpts): Promise<EarlyPort> {
    return new Promise((resolve, reject) => {
      const listener = createServer(sockets);
      const opened = new EarlyPort(listener);
      listener.once('error', guarded({ log: NO_LOG }, reject));
      const onListening = guarded({ log: NO_LOG }, () => {
        listener.removeAllListeners('error').on('error', opened.#ignore);
        resolve(opened);
      });
      listener.listen({ port, backlog: LISTEN_BACKLOG, ...(host === '' ? {} : { host }) }, onListening);
    });
  }

  /**
   * Gives the port to `server`, and the connections that wait, in their order. They do not count among the connections for which
   * `server.close()` waits. `onListening` is called before the first of them.
   */
  handOver(server: Server, onListening: () => void): void {
    const begin = (): void => {
      onListening();
      for (const socket of this.#waiting) {
        socket.off('error', this.#ignore);
        server.emit('connection', socket);
      }
      this.#waiting.clear();
    };
    server.listen(this.#listener, LISTEN_BACKLOG, guarded({ log: NO_LOG }, begin));
  }
}

/** The ports of a start. */
export type EarlyPorts = { readonly rtmp: EarlyPort; readonly http: EarlyPort };
