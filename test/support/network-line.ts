// A TCP line on loopback that all its connections share, both ways: it can freeze, and it can be too slow.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { whenDone } from './cleanup.ts';

/** How often the line carries something. */
const TICK_MS = 50;

/** A line between two ends that can freeze, or limit the throughput. */
export type NetworkLine = {
  readonly port: number;
  /** Nothing arrives for so long. */
  readonly freeze: (ms: number) => Promise<void>;
  /** From now on; Infinity for as fast as the ends are. */
  readonly limit: (bitsPerSecond: number) => void;
};

export async function startNetworkLine(to: number): Promise<NetworkLine> {
  let isFrozen = false;
  let bytesPerTick = Number.POSITIVE_INFINITY;
  let allowance = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Each piece waits for its turn; all connections share the line. */
  const queue: { readonly bytes: Buffer; readonly from: Socket; readonly into: Socket }[] = [];
  const drain = (): void => {
    while (!isFrozen && queue.length > 0 && allowance > 0) {
      const piece = queue.shift();
      if (piece === undefined) break;
      const part = piece.bytes.subarray(0, Math.min(piece.bytes.length, Math.ceil(allowance)));
      allowance -= part.length;
      if (piece.into.writable) piece.into.write(part);
      if (part.length < piece.bytes.length)
        queue.unshift({ ...piece, bytes: piece.bytes.subarray(part.length) });
      else piece.from.resume();
    }
  };
  const timer = setInterval(() => {
    allowance = Math.min(allowance + bytesPerTick, bytesPerTick * 2);
    drain();
  }, TICK_MS);
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [upstream, client] as const]) {
      from.on('data', (bytes) => {
        from.pause();
        queue.push({ bytes, from, into });
        if (bytesPerTick === Number.POSITIVE_INFINITY) {
          allowance = Number.POSITIVE_INFINITY;
          drain();
        }
      });
      from.on('error', () => into.destroy());
      from.on('close', () => into.end());
    }
    client.on('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    clearInterval(timer);
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    freeze: async (ms) => {
      isFrozen = true;
      await delay(ms);
      isFrozen = false;
      drain();
    },
    limit: (bitsPerSecond) => {
      bytesPerTick = (bitsPerSecond / 8) * (TICK_MS / 1000);
      allowance = 0;
    },
  };
}
