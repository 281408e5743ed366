// What was sent over HTTP, for metrics: a counter that falls would be read as a restart.
import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Admission } from '../../../server/http/admission.ts';
import { silentLogger } from '../../../server/log.ts';
import { whenDone } from '../../support/cleanup.ts';
import { DEFAULT_HTTP_LIMITS } from '../../support/http-limits.ts';

const PIECE = Buffer.alloc(64 * 1024);

test('sent bytes do not fall when a connection closes that has not read all', async () => {
  const server = createServer();
  const admission = new Admission(DEFAULT_HTTP_LIMITS, silentLogger);
  let accepted: Socket | undefined;
  server.on('connection', (socket) => {
    accepted = socket;
  });
  admission.guard(server, 'http');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => void server.close());
  const address = server.address();
  const client = dial({
    port: typeof address === 'object' && address !== null ? address.port : 0,
    host: '127.0.0.1',
  });
  whenDone(() => void client.destroy());
  client.pause();
  const [socket] = await Promise.all([
    once(server, 'connection').then(() => accepted),
    once(client, 'connect'),
  ]);
  if (socket === undefined) throw new Error('nothing was accepted');
  // The system takes some of it, and the rest waits.
  while (socket.writableLength < 16 * PIECE.length) socket.write(PIECE);
  const before = admission.sentBytes;
  socket.destroy();
  await once(socket, 'close');
  expect(admission.connectionCount).toBe(0);
  expect(admission.sentBytes).toBeGreaterThanOrEqual(before);
});
