// `WS /ws/v1` on real sockets: hello, topics, ticks, pings, and what a peer may not do.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { STATS_SUBPROTOCOL } from '../../../server/stats/stats-message.ts';
import { whenDone } from '../../support/cleanup.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { goLive, type OpenGateway, openGateway, startSource } from '../gateway-fixture.ts';
import { statsSocket } from './http-fixture.ts';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway();
});

const connect = (path = '/ws/v1', options: ClientOptions = {}, protocols?: string[]) =>
  SocketClient.open(open.url(path), options, protocols);

test('hello comes first', async () => {
  const client = await connect();
  expect(await client.next('hello')).toEqual({
    op: 'hello',
    v: 1,
    serverTime: expect.any(Number),
    version: expect.any(String),
    session: expect.stringMatching(/^[0-9a-f-]{36}$/),
    topics: ['status', 'stream', 'streams', 'server', 'detail'],
  });
  expect(client.socket.protocol).toBe(STATS_SUBPROTOCOL);
  expect(client.socket.extensions).toBe('');
});

test.each(['null', 'https://elsewhere.example', undefined])(
  'without a subprotocol, and from origin %s, it works as well',
  async (origin) => {
    const client = await connect('/ws/v1?x=1', origin === undefined ? {} : { origin }, []);
    await client.next('hello');
    expect(client.socket.protocol).toBe('');
  },
);

test('status tells of every state, in order, to those who follow', async () => {
  const client = await connect();
  client.send({ op: 'sub', topic: 'status', name: 'states' });
  expect(await client.next('status')).toMatchObject({ name: 'states', state: 'offline', viewers: 0 });
  const source = await startSource(open.rtmpPort, 'states');
  expect(await client.next('status')).toMatchObject({ state: 'connecting' });
  source.sendUntil(2_500);
  expect(await client.next('status')).toMatchObject({ state: 'starting' });
  expect(await client.next('status')).toMatchObject({
    op: 'status',
    state: 'live',
    hls: 'live/states/index.m3u8',
    codecs: expect.stringContaining('avc1'),
    targetLatencyMs: expect.any(Number),
    since: expect.any(Number),
  });
  source.publisher.close();
  expect(await client.next('status')).toMatchObject({ state: 'reconnecting' });
});

test('ticks come once a second, one text for all, and end with unsub', async () => {
  await goLive(open, 'ticking', 3_000);
  const [left, right] = await Promise.all([connect(), connect()]);
  for (const client of [left, right]) client.send({ op: 'sub', topic: 'stream', name: 'ticking' });
  await Promise.all([left.settled(), right.settled()]);
  const tick = await left.next('tick');
  expect(tick).toMatchObject({
    name: 'ticking',
    seq: expect.any(Number),
    t: expect.any(Number),
    d: { width: 96, height: 54, sampleRate: 44_100, channels: 1, gopMs: 1_000, viewers: 0 },
  });
  expect(await right.next('tick')).toEqual(tick);
  expect(right.texts).toContain(JSON.stringify(tick));
  expect((await left.next('tick')).seq).toBe(tick.seq + 1);
  left.send({ op: 'unsub', topic: 'stream', name: 'ticking' });
  await left.settled();
  const count = left.texts.length;
  await right.next('tick');
  await right.next('tick');
  expect(left.texts.length).toBe(count);
});

test('ping is answered with our clock', async () => {
  const client = await connect();
  client.send({ op: 'ping', t0: 12.5 });
  const pong = await client.next('pong');
  expect(pong.t0).toBe(12.5);
  expect(pong.t2).toBeGreaterThanOrEqual(pong.t1);
});

test.each([
  ['not JSON', 'hello', 'bad_message'],
  ['an array', '[]', 'unknown_op'],
  ['null', 'null', 'bad_message'],
  ['no op', '{}', 'unknown_op'],
  ['an unknown op', '{"op":"publish"}', 'unknown_op'],
  ['a prototype', '{"op":"__proto__"}', 'unknown_op'],
  ['a ping without a number', '{"op":"ping","t0":"1"}', 'unknown_op'],
  ['an unknown topic', '{"op":"sub","topic":"keys","name":"a"}', 'unknown_topic'],
  ['no name', '{"op":"sub","topic":"status"}', 'bad_stream_name'],
  ['a bad name', '{"op":"sub","topic":"status","name":"../x"}', 'bad_stream_name'],
  ['a name that is no text', '{"op":"sub","topic":"status","name":{"a":1}}', 'bad_stream_name'],
])('%s is answered with an error, and the socket lives', async (_what, text, code) => {
  const client = await connect();
  client.send(text);
  expect(await client.next('error')).toMatchObject({ code, message: expect.any(String) });
  await client.settled();
});

test('binary messages are refused politely', async () => {
  const client = await connect();
  client.socket.send(Buffer.from('{"op":"ping","t0":1}'));
  expect(await client.next('error')).toMatchObject({ code: 'bad_message' });
});

test('a client follows 64 topics and no more', async () => {
  const client = await connect();
  for (let at = 0; at < 64; at += 1) client.send({ op: 'sub', topic: 'stream', name: `n${at}` });
  await client.settled();
  client.send({ op: 'sub', topic: 'stream', name: 'n0' });
  client.send({ op: 'sub', topic: 'stream', name: 'one-more' });
  expect(await client.next('error')).toMatchObject({ code: 'too_many_subscriptions' });
});

test.each([
  ['a message beyond 4 KiB', () => ['x'.repeat(4_097)], 1009],
  ['a message in a thousand fragments', () => Array.from({ length: 1_000 }, () => 'x'), 1008],
])('%s ends the connection', async (_what, fragments, code) => {
  const client = await connect();
  const pieces = fragments();
  for (const [at, piece] of pieces.entries()) client.socket.send(piece, { fin: at === pieces.length - 1 });
  const [closeCode] = await once(client.socket, 'close');
  expect(closeCode).toBe(code);
});

describe('odd upgrades', () => {
  const head = (path: string, ...headers: string[]) =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
  const KEY = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';
  const VERSION = 'sec-websocket-version: 13';

  test.each([
    ['the root', head('/', KEY, VERSION), 404],
    ['dots', head('/..', KEY, VERSION), 404],
    ['a path below', head('/ws/v1/x', KEY, VERSION), 404],
    ['a stream', head('/live/x/index.m3u8', KEY, VERSION), 404],
    ['no key', head('/ws/v1', VERSION), 400],
    ['a short key', head('/ws/v1', 'sec-websocket-key: x', VERSION), 400],
    ['no version', head('/ws/v1', KEY), 400],
    ['an old version', head('/ws/v1', KEY, 'sec-websocket-version: 7'), 400],
    ['malformed subprotocols', head('/ws/v1', KEY, VERSION, 'sec-websocket-protocol: a,,b'), 400],
    ['POST', head('/ws/v1', KEY, VERSION).replace('GET', 'POST'), 405],
  ])('%s is refused before the upgrade, and closed', async (_what, request, status) => {
    const raw = await connectRaw(open.httpPort);
    await raw.write(Buffer.from(request));
    const { received } = await raw.untilClosed(5_000);
    expect(received.toString('latin1')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('forty subprotocols are fine', async () => {
    const raw = await connectRaw(open.httpPort);
    const offered = Array.from({ length: 40 }, (_, at) => `p${at}`).join(', ');
    await raw.write(
      Buffer.from(head('/ws/v1', KEY, VERSION, `sec-websocket-protocol: ${offered}, ${STATS_SUBPROTOCOL}`)),
    );
    const answer = (await raw.untilReceived(100)).toString('latin1');
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toContain(`Sec-WebSocket-Protocol: ${STATS_SUBPROTOCOL}`);
  });

  test('a peer that resets right after the upgrade harms nobody', async () => {
    const raw = await connectRaw(open.httpPort);
    await raw.write(Buffer.from(head('/ws/v1', KEY, VERSION)));
    await raw.untilReceived(100);
    raw.socket.resetAndDestroy();
    const other = await connect();
    await other.settled();
  });
});

describe('a peer that does not read', () => {
  /** A socket server by itself, and its client, which reads nothing until told. */
  async function connectDeaf() {
    const stats = statsSocket();
    const server = createServer().on('upgrade', (...upgrade) => void stats.handleUpgrade(...upgrade));
    const peers: Duplex[] = [];
    server.on('connection', (socket) => void peers.push(socket));
    server.listen(0, '127.0.0.1');
    whenDone(() => {
      stats.close();
      server.close();
    });
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/v1`);
    whenDone(() => socket.terminate());
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return { stats, client, port, peers };
  }

  const status = { op: 'status', name: 'a', state: 'live', since: 1, viewers: 0, hls: '' } as const;
  const numbers = { vbps: 0, abps: 0, viewers: 0, uptimeMs: 0, encoder: 'x'.repeat(10_000) };

  test('misses ticks, but no change of state', async () => {
    const { stats, client } = await connectDeaf();
    client.send({ op: 'sub', topic: 'stream', name: 'a' });
    client.send({ op: 'sub', topic: 'status', name: 'a' });
    await client.next('status');
    client.socket.pause();
    const sent = 2_000;
    for (let seq = 0; seq < sent; seq += 1) {
      stats.publish('stream', { op: 'tick', name: 'a', seq, t: 0, d: numbers }, true);
    }
    stats.publish('status', status, false);
    client.socket.resume();
    expect(await client.next('status')).toEqual(status);
    const ticks = client.texts.filter((text) => text.includes('"tick"')).length;
    expect(ticks).toBeGreaterThan(0);
    expect(ticks).toBeLessThan(sent);
  });

  test('is dropped when even its changes of state pile up', async () => {
    const { stats, client } = await connectDeaf();
    client.send({ op: 'sub', topic: 'status', name: 'a' });
    await client.next('status');
    client.socket.pause();
    const closed = once(client.socket, 'close');
    const large = { ...status, codecs: 'x'.repeat(10_000) };
    for (let at = 0; at < 2_000; at += 1) stats.publish('status', large, false);
    client.socket.resume();
    expect((await closed)[0]).toBe(1006);
    expect(client.texts.length).toBeLessThan(2_000);
  });

  test('is dropped when it leaves pongs unread', async () => {
    const { port, peers } = await connectDeaf();
    const raw = await connectRaw(port);
    await raw.write(
      Buffer.from(
        'GET /ws/v1 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n' +
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n',
      ),
    );
    await raw.untilReceived(100);
    raw.socket.pause();
    // RFC 6455 5.2 and 5.5.2: final, ping, masked with zeros, 125 bytes.
    const ping = Buffer.concat([Buffer.of(0x89, 0x80 | 125, 0, 0, 0, 0), Buffer.alloc(125)]);
    const pings = Buffer.concat(Array.from({ length: 500 }, () => ping));
    const peer = peers.at(-1);
    let unread = 0;
    for (let round = 0; round < 500 && peer?.destroyed === false; round += 1) {
      await raw.write(pings);
      unread = Math.max(unread, peer.writableLength);
    }
    expect(peer?.destroyed).toBe(true);
    expect(unread).toBeLessThan(2 * 1024 * 1024);
  });
});

test('an unresponsive peer does not delay close()', async () => {
  const closing = await openGateway();
  const socket = new WebSocket(closing.url('/ws/v1').replace('http', 'ws'));
  whenDone(() => socket.terminate());
  await once(socket, 'open');
  // Never reads the close frame, so it never answers it.
  socket.pause();
  await closing.gateway.close();
}, 10_000);

test('a shutdown is announced, with a time to come back', async () => {
  const closing = await openGateway();
  const client = await SocketClient.open(closing.url('/ws/v1'));
  const closed = once(client.socket, 'close');
  await closing.gateway.close();
  const { code, retryMs } = await client.next('bye');
  expect(code).toBe('shutting_down');
  expect(retryMs).toBeGreaterThanOrEqual(1_000);
  expect(retryMs).toBeLessThan(5_000);
  expect((await closed)[0]).toBe(1001);
});

test('followers of the state learn of another number of viewers', async () => {
  await goLive(open, 'watched');
  const client = await connect();
  client.send({ op: 'sub', topic: 'status', name: 'watched' });
  const { since } = await client.until('status', ({ state }) => state === 'stalled');
  await fetch(open.url('/live/watched/main.m3u8'));
  expect(await client.next('status')).toMatchObject({ state: 'stalled', since, viewers: 1 });
}, 15_000);
