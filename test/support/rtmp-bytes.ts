// A raw TCP client that sends any bytes and keeps the answers.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { whenDone } from './cleanup.ts';

/** How a connection ended. */
export type SocketEnd = {
  readonly received: Buffer;
  /** An error such as `ECONNRESET`; undefined for an orderly end. */
  readonly errorCode: string | undefined;
};

export type RawSocket = {
  readonly socket: Socket;
  /** Everything received so far, joined. */
  readonly received: () => Buffer;
  /** Writes bytes; resolves when the kernel has them, also if the peer has gone. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Resolves with all bytes when at least `count` have arrived; rejects if the connection ends before. */
  readonly untilReceived: (count: number) => Promise<Buffer>;
  /** Resolves when the peer has closed; rejects after `timeoutMs`. */
  readonly untilClosed: (timeoutMs?: number) => Promise<SocketEnd>;
  /** Half-closes our side. */
  readonly end: () => void;
  readonly destroy: () => void;
};

const CLOSE_TIMEOUT_MS = 30_000;
const RTMP_VERSION = 3;
/** C1, S1, C2 and S2 are all of this size (RTMP 1.0, 5.2.3 and 5.2.4). */
const HANDSHAKE_BYTES = 1536;

/** Connects to a TCP port on this machine. */
export async function connectRaw(port: number, host = '127.0.0.1'): Promise<RawSocket> {
  const socket = connect({ port, host, noDelay: true });
  whenDone(() => void socket.destroy());
  const chunks: Buffer[] = [];
  let length = 0;
  let errorCode: string | undefined;
  socket.on('data', (bytes: Buffer) => {
    chunks.push(bytes);
    length += bytes.length;
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code ?? error.message;
  });
  const received = () => Buffer.concat(chunks);
  return {
    socket,
    received,
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    untilReceived: (count) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (length < count) return;
          socket.off('data', check);
          resolve(received());
        };
        closed.then(() =>
          reject(new Error(`closed after ${length} of ${count} bytes (${errorCode ?? 'in order'})`)),
        );
        socket.on('data', check);
        check();
      }),
    untilClosed: async (timeoutMs = CLOSE_TIMEOUT_MS) => {
      await within(
        closed,
        timeoutMs,
        () => `the peer did not close within ${timeoutMs} ms (${length} bytes came)`,
      );
      return { received: received(), errorCode };
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

/** The client side of the simple RTMP handshake. */
export async function shakeHands(raw: RawSocket): Promise<void> {
  const c1 = randomBytes(HANDSHAKE_BYTES);
  // RTMP 1.0, 5.2.3: any time, then four zero bytes, which also mean that there is no digest.
  c1.fill(0, 0, 8);
  await raw.write(Buffer.concat([Buffer.of(RTMP_VERSION), c1]));
  const answer = await raw.untilReceived(1 + 2 * HANDSHAKE_BYTES);
  await raw.write(answer.subarray(1, 1 + HANDSHAKE_BYTES));
}

async function within(done: Promise<void>, timeoutMs: number, describe: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(describe())), timeoutMs);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}
