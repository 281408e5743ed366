// The topics for operators on real sockets: what arrives, who may subscribe, and when a subscription ends.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { GatewayOptions } from '../../../server/app.ts';
import { DETAIL_COLUMNS, SERVER_COLUMNS } from '../../../server/stats/operator-message.ts';
import { ApiClient } from '../../support/api-client.ts';
import { whenDone } from '../../support/cleanup.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goLive, type OpenGateway, openGateway, startSource } from '../gateway-fixture.ts';
import { NO_STREAMS, statsSocket } from './http-fixture.ts';

const READER = 'reader-token-of-thirty-four-letters';
const WRONG = 'wrong-token-of-thirty-four-letters-';
const TOKENS: GatewayOptions = { admin: { tokens: [{ name: 'reader', token: READER }] } };

async function connect(
  open: OpenGateway,
  headers: Readonly<Record<string, string>> = {},
): Promise<SocketClient> {
  const client = await SocketClient.open(open.url('/ws/v1'), { headers });
  await client.next('hello');
  return client;
}

describe('streams', () => {
  test('are told on subscription and once a second, sorted by name, with what the encoder sends', async () => {
    const open = await openGateway();
    await goLive(open, 'second');
    await goLive(open, 'first', 3_000);
    const [client, other] = [await connect(open), await connect(open)];
    client.send({ op: 'sub', topic: 'streams' });
    const { streams } = await client.next('streams');
    expect(streams.map(({ name }) => name)).toEqual(['first', 'second']);
    other.send({ op: 'sub', topic: 'streams' });
    const { seq } = await other.next('streams');
    const later = await client.until(
      'streams',
      (message) => message.seq > seq && message.streams[0]?.media !== undefined,
    );
    expect(later.streams[0]).toMatchObject({
      state: 'live',
      verdict: 'noData',
      issueCount: 0,
      media: expect.stringMatching(/^avc1\.\w+ 96×54.* · mp4a\.40\.2 44\.1 kHz$/),
      viewers: 0,
    });
    expect(await other.until('streams', (message) => message.seq === later.seq)).toEqual(later);
  });

  test('end with unsub', async () => {
    const open = await openGateway();
    const [client, other] = [await connect(open), await connect(open)];
    for (const each of [client, other]) each.send({ op: 'sub', topic: 'streams' });
    await client.next('streams');
    client.send({ op: 'unsub', topic: 'streams' });
    await client.settled();
    const count = client.texts.length;
    const { seq } = await other.next('streams');
    await other.until('streams', (message) => message.seq >= seq + 2);
    expect(client.texts.length).toBe(count);
  });
});

describe('detail', () => {
  test('begins with a snapshot, and its numbers continue it without a gap', async () => {
    const open = await openGateway();
    const source = await goLive(open, 'show', 3_000);
    const client = await connect(open);
    client.send({ op: 'sub', topic: 'detail', name: 'show' });
    const snapshot = await client.next('snapshot');
    expect(snapshot.card).toMatchObject({ name: 'show', state: 'live' });
    expect(snapshot.health).toMatchObject({ verdict: 'noData', issues: [] });
    expect(snapshot.recent).toMatchObject({ stepMs: 1_000, keys: DETAIL_COLUMNS });
    expect(snapshot.hour).toMatchObject({ stepMs: 10_000, keys: DETAIL_COLUMNS });
    expect(snapshot.events.map(({ type }) => type).slice(0, 3)).toEqual(['connecting', 'starting', 'live']);
    expect(snapshot.segments.length).toBeGreaterThan(0);
    const first = await client.next('detail');
    expect(first.seq).toBe(snapshot.seq + 1);
    expect((await client.next('detail')).seq).toBe(first.seq + 1);
    source.sendUntil(8_000);
    const { segment } = await client.next('segment');
    expect(segment.msn).toBeGreaterThan(snapshot.segments.at(-1)?.msn ?? Number.POSITIVE_INFINITY);
    expect(segment.bytes).toBe(segment.parts.reduce((sum, [, bytes]) => sum + bytes, 0));
    expect(segment.parts[0]?.[2]).toBe(1);
    source.publisher.close();
    const { event } = await client.until('event', ({ event: { type } }) => type === 'reconnecting');
    expect(event.text).toMatch(
      /^The publisher has ended its stream|^The connection of the publisher was lost/,
    );
    client.send({ op: 'sub', topic: 'detail', name: 'show' });
    const { recent } = await client.next('snapshot');
    expect(recent.columns[DETAIL_COLUMNS.indexOf('gopMs')]).toContain(1_000);
  });

  test('of a name that nobody publishes says so, and goes on when somebody does', async () => {
    const open = await openGateway();
    const client = await connect(open);
    client.send({ op: 'sub', topic: 'detail', name: 'later' });
    const { card, recent, events } = await client.next('snapshot');
    expect(card.state).toBe('offline');
    expect([recent.columns[0], events]).toEqual([[], []]);
    await startSource(open.rtmpPort, 'later');
    expect((await client.next('event')).event.type).toBe('connecting');
    await client.until('detail', (message) => message.card.state === 'connecting');
  });

  test('shows viewers who do not report, one row for each network and player', async () => {
    const open = await openGateway();
    await goLive(open, 'seen');
    const agents = ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'VLC/3.0.21'];
    for (const agent of agents)
      await fetch(open.url('/live/seen/main.m3u8'), { headers: { 'user-agent': agent } });
    const client = await connect(open);
    client.send({ op: 'sub', topic: 'detail', name: 'seen' });
    const { viewers } = await client.next('snapshot');
    expect(viewers).toMatchObject([
      { player: 'Firefox · Linux', kind: 'counted', count: 1, network: '127.0.0.x' },
      { player: 'VLC', kind: 'counted', count: 1, network: '127.0.0.x' },
    ]);
    expect((await client.next('viewers')).viewers).toHaveLength(2);
  }, 15_000);
});

test('server tells of the process, and of refused publishers', async () => {
  const open = await openGateway({
    keys: { list: [{ name: 'show', key: 'k'.repeat(32) }] },
  });
  const client = await connect(open);
  client.send({ op: 'sub', topic: 'server' });
  const snapshot = await client.next('serverSnapshot');
  expect(snapshot.recent.keys).toEqual(SERVER_COLUMNS);
  expect(snapshot.rejected).toEqual([]);
  await startSource(open.rtmpPort, 'not-a-key').catch(() => undefined);
  const { rejected } = await client.next('rejected');
  expect(rejected).toMatchObject({ remoteAddress: '127.0.0.1', reason: expect.any(String) });
  const { d } = await client.next('server');
  expect(d).toMatchObject({ streams: 0, viewers: 0, websockets: 1 });
  expect(d.rssBytes).toBeGreaterThan(10_000_000);
  client.send({ op: 'sub', topic: 'server' });
  expect((await client.next('serverSnapshot')).rejected).toEqual([rejected]);
});

describe('who may subscribe', () => {
  test('with admin tokens, only who sends one', async () => {
    const open = await openGateway(TOKENS);
    const client = await connect(open);
    client.send({ op: 'sub', topic: 'streams' });
    expect(await client.next('error')).toMatchObject({ code: 'admin_token_needed', topic: 'streams' });
    client.send({ op: 'sub', topic: 'detail', name: 'a', token: WRONG });
    expect(await client.next('error')).toMatchObject({
      code: 'unknown_admin_token',
      topic: 'detail',
      name: 'a',
    });
    client.send({ op: 'sub', topic: 'server', token: READER });
    await client.next('serverSnapshot');
    expect(open.log.texts.join('')).not.toContain(WRONG);
  });

  test('wrong tokens are limited together with those of the API', async () => {
    const open = await openGateway(TOKENS);
    const client = await connect(open);
    for (let at = 0; at < 10; at += 1) {
      client.send({ op: 'sub', topic: 'streams', token: WRONG });
      expect((await client.next('error')).code).toBe('unknown_admin_token');
    }
    client.send({ op: 'sub', topic: 'streams', token: READER });
    expect((await client.next('error')).code).toBe('token_attempts');
    const answer = await fetch(open.url('/api/v1/settings'), {
      headers: { authorization: `Bearer ${READER}` },
    });
    expect(answer.status).toBe(429);
  });

  test('without admin tokens, private networks: judged by the client, not by its proxy', async () => {
    const open = await openGateway({ proxies: { trusted: ['127.0.0.0/8'] } });
    const outside = await connect(open, { 'x-forwarded-for': '203.0.113.7' });
    outside.send({ op: 'sub', topic: 'streams' });
    expect(await outside.next('error')).toMatchObject({
      code: 'admin_network',
      message: expect.stringContaining('203.0.113.7'),
    });
    const inside = await connect(open, { 'x-forwarded-for': '192.168.1.7' });
    inside.send({ op: 'sub', topic: 'streams' });
    await inside.next('streams');
  });

  test.each([
    ['http://elsewhere.example', true],
    ['null', true],
    ['own', false],
  ])('a page of the origin %s', async (origin, isRefused) => {
    const open = await openGateway(TOKENS);
    const own = open.url('').replace(/\/$/, '');
    const client = await connect(open, { origin: origin === 'own' ? own : origin });
    client.send({ op: 'sub', topic: 'streams', token: READER });
    if (isRefused) expect((await client.next('error')).code).toBe('foreign_origin');
    else await client.next('streams');
    client.send({ op: 'sub', topic: 'status', name: 'public' });
    await client.next('status');
  });

  test('until the token is removed', async () => {
    const dir = temporaryFolder('ws');
    const open = await openGateway({ data: { dir } });
    const before = await connect(open);
    before.send({ op: 'sub', topic: 'streams' });
    await before.next('streams');
    const api = await ApiClient.open(open.url(''));
    const { body: writer } = await api.post('/admin-tokens', { name: 'writer', scope: 'write' });
    // There are tokens now, so an address alone is not enough.
    expect(await before.next('error')).toMatchObject({ code: 'admin_token_needed', topic: 'streams' });
    const own = api.with(writer.token);
    const { body: reader } = await own.post('/admin-tokens', { name: 'reader', scope: 'read' });
    const client = await connect(open);
    client.send({ op: 'sub', topic: 'streams', token: reader.token });
    client.send({ op: 'sub', topic: 'detail', name: 'a', token: writer.token });
    await client.next('streams');
    await client.next('snapshot');
    expect((await own.delete(`/admin-tokens/${reader.id}`)).status).toBe(204);
    expect(await client.next('error')).toMatchObject({ code: 'unknown_admin_token', topic: 'streams' });
    await client.next('detail');
    await client.next('detail');
    const afterError = client.texts.slice(client.texts.findIndex((text) => text.includes('"error"')));
    expect(afterError.filter((text) => text.startsWith('{"op":"streams"'))).toEqual([]);
  }, 15_000);
});

test('a client that does not read misses numbers, and is dropped when it asks for ever more', async () => {
  const row = 'x'.repeat(10_000);
  const card = {
    name: row,
    state: 'live',
    since: 0,
    verdict: 'good',
    issueCount: 0,
    viewers: 0,
    bps: 0,
  } as const;
  const streams = { op: 'streams', seq: 1, t: 0, streams: [card] } as const;
  const stats = statsSocket({ operators: { ...NO_STREAMS, streams: () => streams } });
  const server = createServer().on('upgrade', (...upgrade) => void stats.handleUpgrade(...upgrade));
  const peers: Duplex[] = [];
  server.on('connection', (socket) => void peers.push(socket));
  server.listen(0, '127.0.0.1');
  whenDone(() => {
    stats.close();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = await SocketClient.open(`http://127.0.0.1:${port}/ws/v1`);
  client.send({ op: 'sub', topic: 'streams' });
  await client.next('streams');
  client.socket.pause();
  const [peer] = peers;
  for (let at = 0; at < 2_000; at += 1) stats.operators.publish('streams', undefined, streams);
  expect(peer?.writableLength).toBeGreaterThan(64 * 1024);
  expect(peer?.writableLength).toBeLessThan(128 * 1024);
  let unread = 0;
  while (peer?.destroyed === false) {
    client.send({ op: 'sub', topic: 'streams' });
    await new Promise((resolve) => setImmediate(resolve));
    unread = Math.max(unread, peer.writableLength);
  }
  expect(unread).toBeGreaterThan(1_000_000);
  expect(unread).toBeLessThan(1_100_000);
});
