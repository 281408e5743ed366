// Pipelined requests: answered in order, at most ten read ahead, and a flood ends only its own connection.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { dialHttp, getText } from '../../support/raw-http.ts';
import { goLive, openGateway } from '../gateway-fixture.ts';
import { listenHttp } from './http-fixture.ts';

test('two hundred requests in one packet are all answered, in order', async () => {
  const { port } = await listenHttp((request, response) => void response.end(request.url));
  const client = await dialHttp(port);
  const paths = Array.from({ length: 200 }, (_, at) => `/${at}`);
  client.send(paths.map((path) => getText(path)).join(''));
  expect((await client.answers(200)).map(({ body }) => String(body))).toEqual(paths);
});

test('behind an unanswered request some tens are read, and the rest when answers have left', async () => {
  const waiting: ServerResponse[] = [];
  let isOpen = false;
  let server: Socket | undefined;
  const { port } = await listenHttp((request, response) => {
    server ??= request.socket;
    if (isOpen || request.url === '/other') response.end();
    else waiting.push(response);
  });
  const client = await dialHttp(port);
  const roundTrip = async (): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${port}/other`)).arrayBuffer();
  };
  const ahead = getText('/a').repeat(40);
  client.send(ahead);
  while (server === undefined || server.bytesRead < ahead.length) await roundTrip();
  client.send(getText('/b').repeat(60));
  for (let at = 0; at < 5; at += 1) await roundTrip();
  expect(server.bytesRead).toBe(ahead.length);
  // One at a time, however many are read.
  expect(waiting).toHaveLength(1);
  isOpen = true;
  waiting[0]?.end();
  expect(await client.answers(100)).toHaveLength(100);
});

test('a flood behind a held request over TLS ends its connection, not the gateway', async () => {
  const { TEST_TLS } = await import('../../support/http2-client.ts');
  const open = await openGateway({ tls: TEST_TLS });
  await goLive(open, 'flood');
  const text = await (await fetch(open.url('/live/flood/main.m3u8'))).text();
  const next = /EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1];
  const client = await dialHttp(open.ports.httpsPort ?? 0, true);
  client.send(getText(`/live/flood/${next}`));
  const closed = client.untilClosed();
  const flood = 'GET / HTTP/1.1\r\nhost:\r\n\r\n'.repeat(2_600);
  for (let at = 0; at < 50 && !client.socket.destroyed; at += 1) {
    client.send(flood);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await closed).toEqual([]);
  await open.log.until(({ code }) => code === 'too_many_unanswered');
  expect((await fetch(open.url('/livez'))).status).toBe(200);
});

test('a flood without a Host, which node:http answers itself, is bounded too', async () => {
  const open = await openGateway();
  await goLive(open, 'hostless');
  const text = await (await fetch(open.url('/live/hostless/main.m3u8'))).text();
  const next = /EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1];
  const client = await dialHttp(open.httpPort);
  client.send(getText(`/live/hostless/${next}`));
  const flood = 'GET / HTTP/1.1\r\n\r\n'.repeat(3_000);
  let sent = 0;
  // The gateway stops reading, so the bytes stay here.
  while (client.socket.writableLength < 4 * 1024 * 1024 && sent < 400 && !client.socket.destroyed) {
    client.send(flood);
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await fetch(open.url('/livez'))).status).toBe(200);
  expect(sent).toBeLessThan(400);
  client.socket.destroy();
});
