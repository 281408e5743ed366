// The client of `WS /ws/v1` with a real gateway: subscriptions on one socket, lost connections, refusals, and gaps.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ErrorMessage } from '../../../../server/stats/stats-message.ts';
import { LiveSocket, type TopicMessages } from '../../../../web/live/live-socket.ts';
import { whenDone } from '../../../support/cleanup.ts';
import { goLive, type OpenGateway, openGateway } from '../../gateway-fixture.ts';

const READER = 'reader-token-of-thirty-four-letters';

beforeAll(() => {
  vi.stubGlobal('WebSocket', WebSocket);
});

/** Messages in order, each as soon as it is there. */
class Inbox<Message> {
  readonly #messages: Message[] = [];
  #wake: () => void = () => {};

  take = (message: Message): void => {
    this.#messages.push(message);
    this.#wake();
  };

  async next<Kind extends Message>(is: (message: Message) => message is Kind): Promise<Kind>;
  async next(is?: (message: Message) => boolean): Promise<Message>;
  async next(is: (message: Message) => boolean = () => true): Promise<Message> {
    for (;;) {
      while (this.#messages.length > 0) {
        const message = this.#messages.shift();
        if (message !== undefined && is(message)) return message;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const socketUrl = (open: OpenGateway): string => open.url('/ws/v1').replace('http', 'ws');

function connect(url: string) {
  const links = new Inbox<boolean>();
  const socket = new LiveSocket({ url, onLink: links.take });
  whenDone(() => socket.close());
  return { socket, links };
}

test('several topics share one socket, and each message goes to those who follow it', async () => {
  const open = await openGateway();
  await goLive(open, 'show');
  const { socket } = connect(socketUrl(open));
  const [streams, server] = [new Inbox<TopicMessages['streams']>(), new Inbox<TopicMessages['server']>()];
  const [detail, other] = [new Inbox<TopicMessages['detail']>(), new Inbox<TopicMessages['detail']>()];
  socket.follow('streams', { onMessage: streams.take });
  socket.follow('server', { onMessage: server.take });
  const follow = socket.follow('detail', { name: 'show', onMessage: detail.take });
  socket.follow('detail', { name: 'other', onMessage: other.take });
  expect((await streams.next()).streams.map(({ name }) => name)).toEqual(['show']);
  expect((await server.next()).op).toBe('serverSnapshot');
  expect((await server.next()).op).toBe('server');
  expect(await detail.next()).toMatchObject({ op: 'snapshot', name: 'show' });
  await detail.next(({ op }) => op === 'detail');
  expect(await other.next()).toMatchObject({ op: 'snapshot', name: 'other' });
  const tick = await server.next((message) => message.op === 'server');
  expect(tick).toMatchObject({ d: { websockets: 1 } });
  expect(Math.abs(socket.skewMs ?? Number.NaN)).toBeLessThan(1_000);
  follow.stop();
  await other.next(({ op }) => op === 'detail');
}, 15_000);

test('a refused subscription is told, and begins with another token', async () => {
  const open = await openGateway({ admin: { tokens: [{ name: 'reader', token: READER }] } });
  const { socket } = connect(socketUrl(open));
  const [streams, errors] = [new Inbox<TopicMessages['streams']>(), new Inbox<ErrorMessage>()];
  const follow = socket.follow('streams', {
    token: 'wrong-token-of-thirty-four-letters-',
    onMessage: streams.take,
    onError: errors.take,
  });
  expect((await errors.next()).code).toBe('unknown_admin_token');
  follow.renew(undefined);
  expect((await errors.next()).code).toBe('admin_token_needed');
  follow.renew(READER);
  expect((await streams.next()).op).toBe('streams');
});

/** A server that answers each `sub` to `detail` with a snapshot, and sends what a test tells it. */
async function openServer() {
  const server: Server = createServer();
  const sockets = new WebSocketServer({ server });
  const subs = new Inbox<unknown>();
  const peers: WebSocket[] = [];
  sockets.on('connection', (peer) => {
    peers.push(peer);
    peer.send(JSON.stringify({ op: 'hello', v: 1, serverTime: 0, version: '1', session: '', topics: [] }));
    peer.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.op === 'sub') subs.take(message);
    });
  });
  server.listen(0, '127.0.0.1');
  whenDone(() => {
    for (const peer of peers) peer.terminate();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const say = (message: unknown): void => peers.at(-1)?.send(JSON.stringify(message));
  return { url: `ws://127.0.0.1:${port}/`, subs, say, peers };
}

const snapshot = (seq: number) => ({
  ...{ op: 'snapshot', name: 'show', seq, t: 0, card: {}, health: {}, recent: {}, hour: {} },
  ...{ segments: [], events: [], viewers: [] },
});
const detail = (seq: number) => ({ op: 'detail', name: 'show', seq, t: 0, card: {}, d: {} });

test('who follows more topics than a socket may have keeps the first ones, and is told about each other one', async () => {
  const open = await openGateway();
  const { socket, links } = connect(socketUrl(open));
  const [statuses, errors] = [new Inbox<TopicMessages['status']>(), new Inbox<ErrorMessage>()];
  const names = Array.from({ length: 200 }, (_, at) => `n${at}`);
  for (const name of names) socket.follow('status', { name, onMessage: statuses.take, onError: errors.take });
  for (const name of names.slice(64))
    expect(await errors.next()).toMatchObject({ code: 'too_many_subscriptions', topic: 'status', name });
  for (const name of names.slice(0, 64)) expect(await statuses.next()).toMatchObject({ name });
  expect(await links.next()).toBe(true);
  socket.close();
  expect(await links.next()).toBe(false);
});

test('after a gap a new snapshot is asked for, once', async () => {
  const { url, subs, say } = await openServer();
  const { socket } = connect(url);
  const messages = new Inbox<TopicMessages['detail']>();
  socket.follow('detail', { name: 'show', token: 'secret', onMessage: messages.take });
  const sub = { op: 'sub', topic: 'detail', name: 'show', token: 'secret' };
  expect(await subs.next()).toEqual(sub);
  for (const message of [snapshot(5), detail(6), detail(9), detail(10)]) say(message);
  expect(await subs.next()).toEqual(sub);
  await messages.next((message) => message.op === 'detail' && message.seq === 10);
  for (const message of [snapshot(11), detail(12), detail(20)]) say(message);
  expect(await subs.next()).toEqual(sub);
});

test('who follows a topic that is already followed gets a snapshot first, and nothing after it has stopped', async () => {
  const { url, subs, say } = await openServer();
  const { socket } = connect(url);
  const told: (readonly [who: string, op: string, seq: number])[] = [];
  const messages = new Inbox<TopicMessages['detail']>();
  const note = (who: string) => (message: TopicMessages['detail']) => {
    told.push([who, message.op, 'seq' in message ? message.seq : 0]);
    messages.take(message);
    if ('seq' in message && message.seq === 4) second.stop();
  };
  socket.follow('detail', { name: 'show', onMessage: note('first') });
  await subs.next();
  say(snapshot(1));
  await messages.next();
  const second = socket.follow('detail', { name: 'show', onMessage: note('second') });
  await subs.next();
  for (const message of [detail(2), snapshot(2), detail(3), detail(4), detail(5)]) say(message);
  await messages.next((message) => 'seq' in message && message.seq === 5);
  expect(told).toEqual([
    ['first', 'snapshot', 1],
    ['first', 'detail', 2],
    ['first', 'snapshot', 2],
    ['second', 'snapshot', 2],
    ['first', 'detail', 3],
    ['second', 'detail', 3],
    ['first', 'detail', 4],
    ['first', 'detail', 5],
  ]);
});

test('after a lost connection everything is subscribed again, but what was refused and what has stopped', async () => {
  const { url, subs, say, peers } = await openServer();
  const { socket, links } = connect(url);
  const errors = new Inbox<ErrorMessage>();
  const ignore = (): void => {};
  socket.follow('detail', { name: 'kept', onMessage: ignore });
  socket.follow('streams', { token: 'wrong', onMessage: ignore, onError: errors.take });
  const stopped = socket.follow('status', { name: 'stopped', onMessage: ignore });
  expect(await links.next()).toBe(true);
  for (let at = 0; at < 3; at += 1) await subs.next();
  say({ op: 'error', code: 'unknown_admin_token', message: 'x', topic: 'streams' });
  await errors.next();
  stopped.stop();
  peers.at(-1)?.terminate();
  expect(await links.next()).toBe(false);
  expect(await links.next()).toBe(true);
  expect(await subs.next()).toEqual({ op: 'sub', topic: 'detail', name: 'kept' });
  say({ op: 'error', code: 'unknown_topic', message: 'x', topic: 'status', name: 'nobody-asked' });
  socket.follow('status', { name: 'last', onMessage: ignore });
  expect(await subs.next()).toEqual({ op: 'sub', topic: 'status', name: 'last' });
}, 15_000);

test('the time in a goodbye is waited for', async () => {
  const { url, say, peers } = await openServer();
  const { socket, links } = connect(url);
  socket.follow('status', { name: 'a', onMessage: () => {} });
  expect(await links.next()).toBe(true);
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  whenDone(() => setTimer.mockRestore());
  say({ op: 'bye', code: 'shutting_down', retryMs: 3_210 });
  peers.at(-1)?.close(1001);
  expect(await links.next()).toBe(false);
  expect(setTimer.mock.calls.map(([, delayMs]) => delayMs)).toContain(3_210);
});
