// The RTMP listener: accepts within its caps, and owns its connections.

import { createServer, type Server, type Socket } from 'node:net';
import type { Authorizer } from '../live/authorizer.ts';
import type { StreamRegistry } from '../live/stream-registry.ts';
import type { Logger } from '../log.ts';
import type { RtmpLimits } from '../rtmp/limits.ts';
import { ConnectionLog } from './connection-log.ts';
import type { IngestLimits } from './limits.ts';
import { plainAddress } from './private-address.ts';
import { RtmpConnection } from './rtmp-connection.ts';

export type RtmpServerOptions = {
  readonly registry: StreamRegistry;
  readonly authorizer: Authorizer;
  readonly rtmpLimits: Partial<RtmpLimits>;
  readonly limits: IngestLimits;
  readonly log: Logger;
};

/** Half-open connections are found by the kernel after this long without a byte. */
const KEEP_ALIVE_MS = 10_000;
const SILENCE_CHECK_MS = 1_000;

export class RtmpServer {
  /** Connections closed so far, by named reason. */
  readonly closedByReason = new Map<string, number>();
  readonly #options: RtmpServerOptions;
  readonly #endings: ConnectionLog;
  readonly #server: Server;
  readonly #connections = new Set<RtmpConnection>();
  readonly #perAddress = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RtmpServerOptions) {
    this.#options = options;
    this.#endings = new ConnectionLog(options.log, () => performance.now());
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, allowHalfOpen: true },
      (socket) => this.#accept(socket),
    );
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** @returns the port, also when 0 asked for any free one. Rejects with the system's error. */
  listen(port: number, host: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        this.#server.off('error', reject);
        // Out of file descriptors, the kernel says so for every connection that comes.
        this.#server.on('error', (error) =>
          this.#endings.write(
            'warn',
            { code: 'listener_failed', reason: error.message },
            'rtmp listener failed',
          ),
        );
        this.#timer = setInterval(() => this.#checkSilence(), SILENCE_CHECK_MS);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Stops listening and closes every connection, each with a last word. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    for (const connection of this.#connections) connection.shutDown();
    await closed;
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? 'unknown');
    const refusal = this.#refusal(address);
    if (refusal !== undefined) {
      socket.on('error', () => {});
      socket.destroy();
      this.#countClosed(refusal);
      this.#endings.write('warn', { code: refusal, remote: address }, 'rtmp connection refused');
      return;
    }
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const connection = new RtmpConnection({
      ...this.#options,
      endings: this.#endings,
      socket,
      onClosed: (closed, code) => this.#forget(closed, code),
    });
    this.#connections.add(connection);
  }

  #refusal(address: string): string | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits;
    if (this.#connections.size >= maxConnections) return 'too_many_connections';
    return (this.#perAddress.get(address) ?? 0) >= maxConnectionsPerAddress
      ? 'too_many_from_address'
      : undefined;
  }

  #forget(connection: RtmpConnection, code: string): void {
    this.#connections.delete(connection);
    const left = (this.#perAddress.get(connection.remoteAddress) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(connection.remoteAddress, left);
    else this.#perAddress.delete(connection.remoteAddress);
    this.#countClosed(code);
  }

  #countClosed(code: string): void {
    this.closedByReason.set(code, (this.closedByReason.get(code) ?? 0) + 1);
  }

  /** After what has arrived is read: timers come first when the process was busy, and it was not the publishers' fault. */
  #checkSilence(): void {
    setImmediate(() => {
      for (const connection of this.#connections) connection.checkSilence();
    });
  }
}
