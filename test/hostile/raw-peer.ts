// A TCP or TLS client that sends any bytes and keeps the answers. Errors of the connection are expected.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type RawPeerOptions = {
  readonly port: number;
  readonly tls?: boolean;
  /** Offered in the TLS handshake. */
  readonly protocol?: 'h2' | 'http/1.1';
  readonly localAddress?: string;
  /** How many of the first received bytes are kept. */
  readonly keepBytes?: number;
};

const DEFAULT_KEEP_BYTES = 4 * 1024 * 1024;

export class RawPeer {
  /** Resolves when the connection is open or has failed. */
  readonly opened: Promise<void>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  /** TCP below TLS, or the same socket. */
  readonly #carrier: Socket;
  readonly #kept: Buffer[] = [];
  readonly #keepBytes: number;
  #heardBytes = 0;
  #isClosed = false;
  /** The peer half-closed the connection. */
  #hasEnded = false;
  #wake: (() => void)[] = [];

  constructor({ port, tls = false, protocol, localAddress, keepBytes = DEFAULT_KEEP_BYTES }: RawPeerOptions) {
    this.#keepBytes = keepBytes;
    const place = { port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) };
    this.#carrier = connect({ ...place, noDelay: true });
    this.#carrier.on('error', () => {});
    this.#socket = tls
      ? connectTls({
          socket: this.#carrier,
          rejectUnauthorized: false,
          ...(protocol === undefined ? {} : { ALPNProtocols: [protocol] }),
        })
      : this.#carrier;
    this.#socket.on('error', () => {});
    this.#socket.on('data', (bytes) => this.#hear(bytes));
    this.#socket.once('end', () => {
      this.#hasEnded = true;
      this.#wakeAll();
    });
    this.closed = new Promise((resolve) => {
      const settle = (): void => {
        this.#isClosed = true;
        this.#wakeAll();
        resolve();
      };
      this.#socket.once('close', settle);
      this.#carrier.once('close', settle);
      // A reset that fails has no event.
      this.#carrier.once('error', settle);
    });
    const event = tls ? 'secureConnect' : 'connect';
    this.opened = new Promise((resolve) => {
      this.#socket.once(event, () => resolve());
      void this.closed.then(resolve);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get hasEnded(): boolean {
    return this.#hasEnded || this.#isClosed;
  }

  get heardBytes(): number {
    return this.#heardBytes;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** The first received bytes. */
  heard(): Buffer {
    return Buffer.concat(this.#kept);
  }

  /** Discards received bytes, so that the next ones are kept. */
  forget(): void {
    this.#kept.length = 0;
    this.#heardBytes = 0;
  }

  /** Resolves when the kernel has the bytes, or the connection has ended; reads received bytes first. */
  write(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed || this.#socket.destroyed) return resolve();
      this.#socket.write(bytes, () => setImmediate(resolve));
      void this.closed.then(resolve);
    });
  }

  /** Resolves true as soon as `holds` is true for the received bytes; false at the end or after `timeoutMs`. */
  async until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (holds()) return true;
      const leftMs = deadline - performance.now();
      if (this.#isClosed || leftMs <= 0) return holds();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Stops reading. */
  mute(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  listen(): void {
    this.#socket.resume();
  }

  /** Half-closes the connection and continues reading. */
  end(): void {
    this.#socket.end();
  }

  reset(): void {
    // Node cannot reset a socket that is shutting down, for example after the peer's end.
    if (!this.#hasEnded && !this.#carrier.destroyed) this.#carrier.resetAndDestroy();
    this.#socket.destroy();
  }

  async leave(): Promise<void> {
    this.#socket.destroy();
    this.#carrier.destroy();
    await this.closed;
  }

  #hear(bytes: Buffer): void {
    if (this.#heardBytes < this.#keepBytes) this.#kept.push(bytes);
    this.#heardBytes += bytes.length;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }
}
