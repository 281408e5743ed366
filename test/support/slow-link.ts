// A TCP proxy on loopback that carries so many bytes a second to its target, as a slow upload does.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { whenDone } from './cleanup.ts';

/** How often a share is passed on. */
const STEP_MS = 50;

export type SlowLink = {
  readonly port: number;
  /** Bytes a second from now on; Infinity for as fast as the target takes it. */
  setRate: (bytesPerSecond: number) => void;
};

export async function startSlowLink(targetPort: number, bytesPerSecond: number): Promise<SlowLink> {
  let rate = bytesPerSecond;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const each of [socket, target]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => {
        sockets.delete(each);
        socket.destroy();
        target.destroy();
      });
    }
    target.pipe(socket);
    passSlowly(socket, target, () => rate);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the slow link has no port');
  return {
    port: address.port,
    setRate: (next) => {
      rate = next;
    },
  };
}

function passSlowly(from: Socket, to: Socket, rate: () => number): void {
  let credit = 0;
  const timer = setInterval(() => {
    const share = (rate() * STEP_MS) / 1_000;
    // What was not used does not add up to a burst.
    credit = Math.min(credit + share, 2 * share);
    while (credit > 0) {
      const bytes: Buffer | null = from.read(Math.max(Math.min(credit, from.readableLength), 1));
      if (bytes === null) return;
      credit -= bytes.length;
      to.write(bytes);
    }
  }, STEP_MS);
  from.on('close', () => clearInterval(timer));
}
