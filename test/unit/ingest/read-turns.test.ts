// Pauses of a real socket: nothing is lost, nothing waits longer than one pause, and late bytes are known to be late.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { HoldClock } from '../../../server/ingest/hold-clock.ts';
import { ReadTurns } from '../../../server/ingest/read-turns.ts';
import { silentLogger } from '../../../server/log.ts';
import { whenDone } from '../../support/cleanup.ts';

/** Pauses end when the test says. */
class HandClock extends HoldClock {
  end = (): void => {};

  constructor() {
    super(systemClock, silentLogger);
  }

  override endIn(_ms: number, end: () => void): () => void {
    this.end = end;
    return () => {};
  }
}

type Piece = { readonly bytes: Buffer; readonly isLate: boolean };

/** A connection whose reader is patient while `patienceMs` says so, at `bytesPerMs`. */
async function openPair(
  options: { readonly bytesPerMs?: number; readonly highWaterMark?: number; readonly holds?: HoldClock } = {},
) {
  const { bytesPerMs = 1, highWaterMark = 1, holds = new HoldClock(systemClock, silentLogger) } = options;
  const pieces: Piece[] = [];
  const reader = { patienceMs: 0, onPiece: (): void => {} };
  const server = createServer({ highWaterMark }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  client.setNoDelay();
  const [socket] = (await once(server, 'connection')) as [Socket];
  whenDone(() => {
    turns.stop();
    client.destroy();
    socket.destroy();
    server.close();
  });
  const guard = { log: silentLogger, close: () => void socket.destroy() };
  const turns = new ReadTurns(socket, guard, holds, () => readOn());
  const readOn = (): void => turns.readOn(false, reader.patienceMs);
  turns.take(Buffer.alloc(0), 0);
  turns.take(Buffer.alloc(500 * bytesPerMs), 500);
  socket.on('data', (read: Buffer) => {
    const bytes = turns.take(read, 500);
    if (bytes.length === 0) return;
    pieces.push({ bytes, isLate: turns.isLate });
    readOn();
    reader.onPiece();
  });
  const until = (byteCount: number): Promise<void> =>
    new Promise((resolve) => {
      reader.onPiece = () => {
        if (Buffer.concat(pieces.map(({ bytes }) => bytes)).length >= byteCount) resolve();
      };
      reader.onPiece();
    });
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => client.write(bytes, (error) => (error ? reject(error) : resolve())));
  return { pieces, reader, socket, write, until, readOn };
}

describe('turns of reading', () => {
  it('takes many small pieces together after a pause', async () => {
    const { pieces, reader, socket, write, until } = await openPair();
    reader.patienceMs = 1_000;
    await write(Buffer.of(0));
    await until(1);
    expect(socket.isPaused()).toBe(true);
    for (let at = 1; at < 100; at += 1) await write(Buffer.of(at));
    await until(100);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(
      Buffer.from(Array.from({ length: 100 }, (_, at) => at)),
    );
    expect(pieces.length).toBeLessThanOrEqual(3);
    expect(pieces.map(({ isLate }) => isLate)).toEqual([false, ...pieces.slice(1).map(() => true)]);
  });

  it('takes nothing from the system during a pause', async () => {
    const { reader, socket, write, until } = await openPair();
    reader.patienceMs = 1_000;
    await write(Buffer.of(1));
    await until(1);
    const before = socket.bytesRead;
    await write(Buffer.alloc(100));
    const atResume = once(socket, 'resume').then(() => socket.bytesRead);
    expect(await atResume).toBe(before);
    await until(101);
  });

  it('adds nothing to what the peer sent when a pause follows another at once', async () => {
    const holds = new HandClock();
    const { pieces, reader, write, until, readOn } = await openPair({ holds });
    reader.patienceMs = 1_000;
    await write(Buffer.of(1));
    await until(1);
    holds.end();
    // The socket resumes in the next tick.
    readOn();
    holds.end();
    await write(Buffer.of(2));
    await until(2);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(Buffer.of(1, 2));
  });

  it('does not pause again before it has what came during the last pause', async () => {
    // Node reads this much into its own buffer while a socket is paused, piece by piece.
    const { pieces, reader, socket, write, until } = await openPair({ highWaterMark: 64 * 1024 });
    reader.patienceMs = 1_000;
    await write(Buffer.alloc(1));
    await until(1);
    for (let at = 0; at < 50; at += 1) await write(Buffer.alloc(10, at));
    let pauses = 0;
    socket.on('pause', () => {
      pauses += 1;
    });
    await until(501);
    expect(pauses).toBeLessThanOrEqual(2);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).length).toBe(501);
  });

  it.each([
    ['nobody is patient', 0, 1],
    ['the next sample is due soon', 20, 1],
    ['the pause would fill the receive window', 1_000, 10_000],
  ])('reads on at once if %s', async (_why, patienceMs, bytesPerMs) => {
    const { pieces, reader, socket, write, until } = await openPair({ bytesPerMs });
    reader.patienceMs = patienceMs;
    await write(Buffer.of(1));
    await until(1);
    // The turn ends first.
    while (socket.isPaused()) await once(socket, 'resume');
    expect(pieces).toEqual([{ bytes: Buffer.of(1), isLate: false }]);
  });

  it('goes on after a turn that ends in the middle of what had waited', async () => {
    const { pieces, reader, write, until } = await openPair();
    reader.patienceMs = 1_000;
    await write(Buffer.alloc(1));
    await until(1);
    await write(Buffer.alloc(300_000, 7));
    await until(300_001);
    reader.patienceMs = 0;
    await write(Buffer.of(9));
    await until(300_002);
    expect(pieces.at(-1)?.bytes.at(-1)).toBe(9);
  });
});
