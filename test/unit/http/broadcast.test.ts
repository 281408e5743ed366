// One message for many: every length of a frame is read by ws, in the order in which messages were sent.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Broadcast } from '../../../server/http/broadcast.ts';
import { SocketPeer } from '../../../server/http/socket-peer.ts';
import { whenDone } from '../../support/cleanup.ts';

const NOBODY = {} as ConstructorParameters<typeof SocketPeer>[3];

test('frames of every length arrive whole, between the messages that ws frames', async () => {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer();
  const accepted = new Promise<SocketPeer>((resolve) => {
    server.on('upgrade', (request, connection: Duplex, head) =>
      sockets.handleUpgrade(request, connection, head, (socket) =>
        resolve(new SocketPeer(socket, connection, undefined, NOBODY)),
      ),
    );
  });
  server.listen(0, '127.0.0.1');
  whenDone(() => void server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  whenDone(() => client.terminate());
  const received: string[] = [];
  client.on('message', (data) => void received.push(String(data)));
  const peer = await accepted;
  // Brackets and quotes make four bytes more; the last text has characters of several bytes.
  const texts = [0, 121, 122, 1_000, 65_531, 65_532, 200_000].map((length) => 'x'.repeat(length));
  for (const text of [...texts, 'é漢🎥'.repeat(50)]) {
    peer.writeBroadcast(new Broadcast([text]));
    peer.write('between');
  }
  await expect.poll(() => received.length).toBe(16);
  expect(received.filter((_, at) => at % 2 === 1)).toEqual(Array(8).fill('between'));
  const shared = received.filter((_, at) => at % 2 === 0).map((text) => JSON.parse(text)[0]);
  expect(shared).toEqual([...texts, 'é漢🎥'.repeat(50)]);
});

test('all subscribers share one buffer', () => {
  const message = new Broadcast({ op: 'x' });
  expect(message.frame).toBe(message.frame);
  expect(message.frame).toEqual(Buffer.from('\x81\x0a{"op":"x"}', 'latin1'));
});
