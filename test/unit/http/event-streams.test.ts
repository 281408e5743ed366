// `GET /api/v1/streams/{name}/events`: what the topic `detail` sends, as server-sent events.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import type { AdminCaller } from '../../../server/http/admin-gate.ts';
import { whenDone } from '../../support/cleanup.ts';
import { DEFAULT_HTTP_LIMITS } from '../../support/http-limits.ts';
import { connectHttp2, TEST_TLS } from '../../support/http2-client.ts';
import { checkedMessage, type Op, type WireMessage } from '../../support/socket-client.ts';
import { goLive, openGateway } from '../gateway-fixture.ts';
import { listenHttp, statsSocket } from './http-fixture.ts';

const READER = 'reader-token-of-thirty-four-letters';
const CALLER: AdminCaller = { who: 'test', by: { kind: 'address' } };

/** Reads events, and checks that each has the name of its message. */
async function* eventsOf(response: Response): AsyncGenerator<WireMessage> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const message = checkedMessage(data);
      expect(event).toBe(message.op);
      yield message;
    }
  }
}

async function nextOf<Kind extends WireMessage['op']>(
  events: AsyncGenerator<WireMessage>,
  op: Kind,
): Promise<Op<Kind>> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the events have ended without ${op}`);
    if (value.op === op) return value as Op<Kind>;
  }
}

async function follow(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const abort = new AbortController();
  whenDone(() => abort.abort());
  return fetch(url, { headers, signal: abort.signal });
}

test('a snapshot comes first, then numbers, segments and events, until the gateway says goodbye', async () => {
  const open = await openGateway();
  const source = await goLive(open, 'show', 3_000);
  const response = await follow(open.url('/api/v1/streams/show/events'));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const events = eventsOf(response);
  const { seq, card } = await nextOf(events, 'snapshot');
  expect(card.state).toBe('live');
  expect((await nextOf(events, 'detail')).seq).toBe(seq + 1);
  source.sendUntil(6_000);
  await nextOf(events, 'segment');
  const closing = open.gateway.close();
  await nextOf(events, 'bye');
  expect((await events.next()).done).toBe(true);
  await closing;
});

test('it needs an admin token where there is one, and is not for pages of other sites', async () => {
  const open = await openGateway({ admin: { tokens: [{ name: 'reader', token: READER }] } });
  const url = open.url('/api/v1/streams/show/events');
  expect((await follow(url)).status).toBe(401);
  const authorization = `Bearer ${READER}`;
  expect((await follow(url, { authorization, origin: 'https://elsewhere.example' })).status).toBe(403);
  const response = await follow(url, { authorization });
  expect((await nextOf(eventsOf(response), 'snapshot')).card.state).toBe('offline');
  const wrongName = await follow(open.url('/api/v1/streams/a.b/events'), { authorization });
  expect(wrongName.status).toBe(400);
});

test('HEAD is answered without events', async () => {
  const open = await openGateway();
  const response = await fetch(open.url('/api/v1/streams/show/events'), { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('over HTTP/2 as well', async () => {
  const open = await openGateway({ tls: TEST_TLS });
  const session = await connectHttp2(open.ports.httpsPort ?? 0);
  const stream = session.request({ ':path': '/api/v1/streams/show/events' });
  const [headers] = await once(stream, 'response');
  expect(headers[':status']).toBe(200);
  const [chunk] = await once(stream, 'data');
  expect(String(chunk)).toMatch(/^event: snapshot\ndata: \{"op":"snapshot","name":"show"/);
  stream.close();
});

test('it takes the place of a WebSocket, and gives it back', async () => {
  const limits = { ...DEFAULT_HTTP_LIMITS, maxWebSockets: 1 };
  const stats = statsSocket({ limits });
  const server = createServer((request, response) => stats.events.open(request, response, 'show', CALLER));
  server.listen(0, '127.0.0.1');
  whenDone(() => {
    stats.close();
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const abort = new AbortController();
  const first = await fetch(url, { signal: abort.signal });
  expect(first.status).toBe(200);
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('12');
  abort.abort();
  // The gateway learns of the departure when the connection closes.
  for (;;) {
    const next = await follow(url);
    if (next.status === 200) break;
    await next.text();
  }
});

test('a client that has left before it is admitted takes no place', async () => {
  const stats = statsSocket({ limits: { ...DEFAULT_HTTP_LIMITS, maxWebSockets: 1 } });
  whenDone(() => stats.close());
  let opened = (): void => {};
  const hasOpened = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const { port } = await listenHttp(async (request, response) => {
    // As while the gateway reads the admin tokens.
    if (request.url === '/left') await once(response, 'close');
    stats.events.open(request, response, 'show', CALLER);
    opened();
  });
  const socket = connect(port, '127.0.0.1');
  whenDone(() => void socket.destroy());
  socket.write('GET /left HTTP/1.1\r\nHost: a\r\n\r\n', () => socket.destroy());
  await hasOpened;
  expect((await follow(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

test('it outlives the limit for the duration of other responses', async () => {
  const stats = statsSocket();
  whenDone(() => stats.close());
  const { port } = await listenHttp(
    (request, response) => {
      if (request.url === '/events') return stats.events.open(request, response, 'show', CALLER);
      // Without an end, as a slow reader's.
      response.writeHead(200).write('x');
    },
    { maxResponseMs: 1 },
  );
  const [events, slow] = await Promise.all([
    follow(`http://127.0.0.1:${port}/events`),
    follow(`http://127.0.0.1:${port}/slow`),
  ]);
  await expect(slow.text()).rejects.toThrow();
  const messages = eventsOf(events);
  await nextOf(messages, 'snapshot');
  stats.operators.publish('detail', 'show', {
    op: 'event',
    name: 'show',
    event: { t: 0, type: 'live', text: '' },
  });
  expect((await nextOf(messages, 'event')).event.type).toBe('live');
}, 15_000);
