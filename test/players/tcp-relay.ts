// A wire between two parties on loopback that can be listened to and cut: what a player asks for is read off it, and a
// publisher loses its connection without a word of farewell.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { whenDone } from '../support/cleanup.ts';

export type TcpRelay = {
  readonly port: number;
  /** Resets every connection, at both ends. */
  readonly cut: () => void;
};

export type HttpTap = TcpRelay & {
  /** Path and query of every request so far, with the time of performance.now(). */
  readonly requests: readonly { readonly atMs: number; readonly target: string }[];
};

/** A request without a body is a run of lines, and the first of them says all: RFC 9112 clause 3. */
const REQUEST_LINE = /^(?:GET|HEAD) (\S+) HTTP\/1\.1\r$/gm;

/** Relays to `targetPort`; `onBytes` sees what clients send. */
export async function startRelay(
  targetPort: number,
  onBytes: (bytes: Buffer) => void = () => {},
): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    keep(client, target);
    keep(target, client);
    client.on('data', onBytes);
    client.pipe(target);
    target.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  whenDone(() => {
    cut();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, cut };
}

/** Relays HTTP/1.1 and writes down what is asked for. A request line is short: it comes in one piece. */
export async function startHttpTap(targetPort: number): Promise<HttpTap> {
  const requests: { atMs: number; target: string }[] = [];
  const relay = await startRelay(targetPort, (bytes) => {
    const atMs = performance.now();
    for (const [, target = ''] of bytes.toString('latin1').matchAll(REQUEST_LINE))
      requests.push({ atMs, target });
  });
  return { ...relay, requests };
}
