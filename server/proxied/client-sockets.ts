// Sockets behind a proxy that sends the PROXY protocol: reads its header, and gives the socket its client's address.

import { Socket } from 'node:net';
import { GatewayError } from '../errors.ts';
import { type FaultLog, guarded } from '../guard.ts';
import { type Endpoint, readProxyHeader } from './proxy-protocol.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** A proxy sends its header with the first packet. */
const HEADER_TIMEOUT_MS = 5_000;

export type ClientSocketsOptions = {
  readonly proxies: TrustedProxies;
  /** Whether connections of trusted proxies begin with a header. Then each must. */
  readonly hasHeaders: boolean;
  /** A connection without a valid header was closed. */
  readonly onBadHeader: (address: string | undefined, reason: string) => void;
  readonly log: FaultLog;
};

type EndName = 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort';

/**
 * Both ends of a TCP connection, unique among open connections: a proxy may use one port of its own for several ports of the
 * gateway. The same for a TLS socket and the socket below it.
 */
export function connectionKey(socket: Socket): string {
  const own = (name: EndName): unknown => Reflect.get(Socket.prototype, name, socket);
  return `${own('remoteAddress')} ${own('remotePort')} ${own('localAddress')} ${own('localPort')}`;
}

export class ClientSockets {
  readonly #options: ClientSocketsOptions;
  /** Clients of open connections, by connectionKey. */
  readonly #clients = new Map<string, Endpoint>();
  /** Without their header so far. */
  readonly #waiting = new Set<Socket>();

  constructor(options: ClientSocketsOptions) {
    this.#options = options;
  }

  /** Calls `next` with a new TCP connection, behind a trusted proxy after its header. A connection without one is closed. */
  receive(socket: Socket, next: (socket: Socket) => void): void {
    const { proxies, hasHeaders } = this.#options;
    if (hasHeaders && proxies.has(socket.remoteAddress)) this.#read(socket, next);
    else next(socket);
  }

  /** Closes connections that wait for their header: a listener that closes waits for them. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  /** Gives a TLS socket the address that the connection below it has. */
  adopt(socket: Socket): void {
    const client = this.#clients.get(connectionKey(socket));
    if (client !== undefined) setClient(socket, client);
  }

  #read(socket: Socket, next: (socket: Socket) => void): void {
    const { log, onBadHeader } = this.#options;
    const { remoteAddress } = socket;
    const guard = { log, close: () => void socket.destroy() };
    const chunks: Buffer[] = [];
    const refuse = (reason: string): void => {
      finish();
      socket.destroy();
      onBadHeader(remoteAddress, reason);
    };
    const onError = guarded(guard, () => {});
    const onEnd = guarded(guard, () => refuse('the connection ended before its PROXY header'));
    const onReadable = guarded(guard, () => {
      for (let chunk = readChunk(socket); chunk !== undefined; chunk = readChunk(socket)) chunks.push(chunk);
      if (chunks.length === 0) return;
      const bytes = Buffer.concat(chunks);
      try {
        const read = readProxyHeader(bytes);
        if (read === undefined) return;
        finish();
        if (read.header.kind === 'client') this.#remember(socket, read.header);
        if (read.byteLength < bytes.length) socket.unshift(bytes.subarray(read.byteLength));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        return refuse(error.message);
      }
      next(socket);
    });
    const late = guarded(guard, () =>
      refuse(`the PROXY header did not arrive within ${HEADER_TIMEOUT_MS / 1000} s`),
    );
    const timer = setTimeout(late, HEADER_TIMEOUT_MS);
    const onClose = guarded(guard, () => finish());
    const finish = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(socket);
      socket.off('readable', onReadable).off('end', onEnd).off('close', onClose).off('error', onError);
    };
    this.#waiting.add(socket);
    socket.on('readable', onReadable).on('end', onEnd).on('close', onClose).on('error', onError);
  }

  #remember(socket: Socket, client: Endpoint): void {
    const key = connectionKey(socket);
    this.#clients.set(key, client);
    setClient(socket, client);
    const forget = guarded({ log: this.#options.log }, () => void this.#clients.delete(key));
    socket.once('close', forget);
  }
}

function readChunk(socket: Socket): Buffer | undefined {
  const chunk: unknown = socket.read();
  return Buffer.isBuffer(chunk) ? chunk : undefined;
}

/** Own properties hide those of the prototype, so that each reader of the socket gets the client's address. */
function setClient(socket: Socket, { address, port }: Endpoint): void {
  Object.defineProperty(socket, 'remoteAddress', { value: address, configurable: true });
  Object.defineProperty(socket, 'remotePort', { value: port, configurable: true });
}
