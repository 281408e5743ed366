// A connection on loopback that can be recorded and cut: the requests of a player are read from it, and a publisher loses
// its connection without a message.
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

/** A request without a body is a sequence of lines, and the first one has all the information: RFC 9112 clause 3. */
const REQUEST_LINE = /^(?:GET|HEAD) (\S+) HTTP\/1\.1\r$/gm;

/** Relays to `targetPort`; `onBytes` receives the bytes of clients. */
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

/** Relays HTTP/1.1 and records the requests. A request line is short, so it arrives in one piece. */
export async function startHttpTap(targetPort: number): Promise<HttpTap> {
  const requests: { atMs: number; target: string }[] = [];
  const relay = await startRelay(targetPort, (bytes) => {
    const atMs = performance.now();
    for (const [, target = ''] of bytes.toString('latin1').matchAll(REQUEST_LINE))
      requests.push({ atMs, target });
  });
  return { ...relay, requests };
}
