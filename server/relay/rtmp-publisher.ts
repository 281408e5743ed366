// Publishes media to an RTMP server, for the demo, the tests and the benchmarks.

import { connect, type Socket } from 'node:net';
import { GatewayError } from '../errors.ts';
import { type Guard, guarded } from '../guard.ts';
import { type Logger, silentLogger } from '../log.ts';
import type { AmfValue } from '../rtmp/amf-value.ts';
import { type ClientOutput, PublishSession } from '../rtmp/client-session.ts';

export type RtmpPublisherOptions = {
  readonly host: string;
  readonly port: number;
  readonly app: string;
  readonly streamName: string;
  /** Payload bytes of a chunk. */
  readonly chunkSize?: number;
  /** Receives faults of this program. `started` and `closed` report those of the network and the server. */
  readonly log?: Pick<Logger, 'error'>;
};

/** From TCP connect to the accepted publication. */
const START_TIMEOUT_MS = 10_000;
/** How long a server may take to close after the last commands. */
const CLOSE_TIMEOUT_MS = 2_000;

export class RtmpPublisher {
  readonly #socket: Socket;
  readonly #session: PublishSession;
  readonly #guard: Guard;
  readonly #started: Promise<void>;
  readonly #closed: Promise<GatewayError | undefined>;
  #settle: { start: () => void; fail: (error: GatewayError) => void } = { start: () => {}, fail: () => {} };
  #fault: GatewayError | undefined;

  constructor(options: RtmpPublisherOptions) {
    const { host, port, app, streamName, chunkSize } = options;
    this.#session = new PublishSession({
      app,
      tcUrl: `rtmp://${host.includes(':') ? `[${host}]` : host}:${port}/${app}`,
      streamName,
      ...(chunkSize === undefined ? {} : { chunkSize }),
    });
    const guard: Guard = { log: options.log ?? silentLogger, close: () => this.#abort() };
    this.#guard = guard;
    this.#socket = connect({ host, port, noDelay: true });
    this.#started = new Promise((resolve, reject) => {
      this.#settle = { start: resolve, fail: reject };
    });
    this.#started.catch(() => {});
    this.#closed = new Promise((resolve) => {
      const onClose = (): void => {
        this.#fail(new GatewayError('invalid-state', 'peer_closed', `${host}:${port} closed the connection`));
        resolve(this.#fault);
      };
      this.#socket.on('close', guarded(guard, onClose));
    });
    const onTimeout = (): void => {
      const message = `${host}:${port} did not answer within ${START_TIMEOUT_MS} ms`;
      this.#fail(new GatewayError('timeout', 'publish_timeout', message));
    };
    const onError = (error: Error): void => {
      this.#fail(new GatewayError('invalid-state', 'socket_error', error.message));
    };
    const onConnect = (): void => void this.#socket.write(this.#session.start());
    const onData = (bytes: Buffer): void => this.#handle(this.#session.receive(bytes));
    this.#socket.setTimeout(START_TIMEOUT_MS, guarded(guard, onTimeout));
    this.#socket.on('connect', guarded(guard, onConnect));
    this.#socket.on('error', guarded(guard, onError));
    this.#socket.on('data', guarded(guard, onData));
  }

  /** Resolves when media may be sent; rejects with GatewayError when the server refuses or cannot be reached. */
  get started(): Promise<void> {
    return this.#started;
  }

  /** Resolves when the connection is gone, with the fault that ended it. */
  get closed(): Promise<GatewayError | undefined> {
    return this.#closed;
  }

  /** Bytes that wait for the network. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /**
   * Media is ignored after the connection has ended. Before `started` this throws GatewayError.
   */
  audio(timestamp: number, body: Buffer): void {
    if (this.#fault === undefined) this.#socket.write(this.#session.audio(timestamp, body));
  }

  /** As `audio`. */
  video(timestamp: number, body: Buffer): void {
    if (this.#fault === undefined) this.#socket.write(this.#session.video(timestamp, body));
  }

  /** As `audio`. */
  data(name: string, values: readonly AmfValue[]): void {
    if (this.#fault === undefined) this.#socket.write(this.#session.data(name, values));
  }

  /** Ends the publication and closes. */
  close(): void {
    if (this.#fault !== undefined) return;
    this.#fault = new GatewayError('invalid-state', 'closed', 'closed by this side');
    this.#settle.fail(this.#fault);
    const destroy = (): void => void this.#socket.destroy();
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS, guarded(this.#guard, destroy));
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#socket.end(this.#session.end());
  }

  #handle(outputs: readonly ClientOutput[]): void {
    for (const output of outputs) {
      if (output.kind === 'send') {
        this.#socket.write(output.bytes);
      } else if (output.kind === 'publish-started') {
        this.#socket.setTimeout(0);
        this.#settle.start();
      } else if (output.kind === 'rejected') {
        this.#fail(new GatewayError('invalid-state', 'rejected', `${output.code}: ${output.description}`));
      } else if (output.kind === 'closed') {
        this.#fail(new GatewayError('invalid-data', output.code, output.message));
      }
    }
  }

  #abort(): void {
    this.#fail(new GatewayError('invalid-state', 'internal_error', 'a fault of this program'));
  }

  #fail(error: GatewayError): void {
    this.#fault ??= error;
    this.#settle.fail(this.#fault);
    this.#socket.destroy();
  }
}
