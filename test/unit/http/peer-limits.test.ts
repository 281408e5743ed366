// Limits in total and per address: a refused peer is told why, one log line names it, and places are released.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { NetworkList } from '../../../server/address.ts';
import type { GatewayOptions } from '../../../server/app.ts';
import { PeerPlaces } from '../../../server/http/peer-places.ts';
import { PeerGroups, PeerRates } from '../../../server/peer-rates.ts';
import { whenDone } from '../../support/cleanup.ts';
import { clockOf } from '../../support/clock.ts';
import { askHttp2, connectHttp2, TEST_TLS } from '../../support/http2-client.ts';
import { type HttpAnswer, readAnswers } from '../../support/raw-http.ts';
import { goLive, type OpenGateway, openGateway } from '../gateway-fixture.ts';

/** Loopback counts like any other network here. */
const openLimited = (
  http: NonNullable<GatewayOptions['http']>,
  more: GatewayOptions = {},
): Promise<OpenGateway> => openGateway({ tls: TEST_TLS, ...more, http: { exemptNetworks: '', ...http } });

/** A TCP connection from one of loopback's addresses, which may be refused. */
async function dialFrom(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  whenDone(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** The answer on a refused connection. */
async function refusalOn(socket: Socket): Promise<HttpAnswer | undefined> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  if (!socket.closed) await once(socket, 'close');
  return readAnswers(Buffer.concat(chunks))[0];
}

/** Resolves when the connection gets an answer, so it was accepted. */
async function serves(socket: Socket): Promise<boolean> {
  socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
  const [chunk]: unknown[] = await once(socket, 'data');
  return String(chunk).startsWith('HTTP/1.1 200 ');
}

/** The first bytes of the answer. */
async function gets(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  const [chunk]: unknown[] = await once(socket, 'data');
  return String(chunk);
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

describe('connections', () => {
  test('of one address: the next is told 429, another address is served, and a place comes back', async () => {
    const open = await openLimited({ maxConnectionsPerAddress: 2 });
    const first = await dialFrom(open.httpPort);
    expect(await serves(first)).toBe(true);
    expect(await serves(await dialFrom(open.httpPort))).toBe(true);
    const refused = await refusalOn(await dialFrom(open.httpPort));
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '5' },
    });
    expect(JSON.parse(String(refused?.body)).detail).toContain('http.exempt-networks');
    expect(await open.log.until(({ code }) => code === 'too_many_connections_from_address')).toMatchObject({
      remote: '127.0.0.1',
      msg: 'http peer refused',
    });
    expect(await serves(await dialFrom(open.httpPort, '127.0.0.2'))).toBe(true);
    first.destroy();
    for (;;) {
      const again = await dialFrom(open.httpPort);
      const answer = await Promise.race([serves(again), refusalOn(again)]);
      if (answer === true) break;
    }
  });

  test('in all: the next is told 503, also inside TLS, where it is only closed', async () => {
    const open = await openLimited({ maxConnections: 2 });
    for (let count = 0; count < 2; count += 1) {
      const socket = new WebSocket(open.url('/ws/v1').replace('http', 'ws'));
      whenDone(() => socket.terminate());
      await once(socket, 'open');
    }
    expect(await refusalOn(await dialFrom(open.httpPort))).toMatchObject({ status: 503 });
    const secure = connectTls({
      port: open.ports.httpsPort ?? 0,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    secure.on('error', () => {});
    await new Promise((resolve) => secure.once('close', resolve));
    expect(secure.getProtocol()).toBeNull();
    await open.log.until(({ code }) => code === 'too_many_connections');
  });

  test('in all: the longest idle one is closed, and neither one that waits for media nor one that plays', async () => {
    const open = await openLimited({ maxConnections: 4 });
    const source = await goLive(open, 'full');
    const next = async (): Promise<Socket> => {
      const socket = await dialFrom(open.httpPort);
      expect(await serves(socket)).toBe(true);
      return socket;
    };
    const waiting = await dialFrom(open.httpPort);
    const playlist = await gets(waiting, '/live/full/main.m3u8');
    const player = await dialFrom(open.httpPort);
    const [first, second] = [await dialFrom(open.httpPort), await dialFrom(open.httpPort)];
    const hint = /EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(playlist)?.[1] ?? '';
    waiting.write(`GET /live/full/${hint} HTTP/1.1\r\nhost: x\r\n\r\n`);
    while (!(await gets(player, '/metrics')).includes('sluice_hls_waiting 1'))
      await new Promise(setImmediate);
    const answer = once(waiting, 'data');
    const fifth = await next();
    await closed(first);
    const sixth = await next();
    await closed(second);
    expect(await refusalOn(await dialFrom(open.httpPort))).toMatchObject({ status: 503 });
    expect([waiting, player, fifth, sixth].map((socket) => socket.closed)).not.toContain(true);
    source.sendUntil(3_000);
    expect(String((await answer)[0])).toContain('HTTP/1.1 200 ');
    const lines = open.log.lines.filter(({ code }) => code === 'too_many_connections');
    const closedForNew = 'an idle http connection was closed for a new one';
    expect(lines.map(({ msg }) => msg)).toEqual([closedForNew, closedForNew, 'http peer refused']);
  });

  test('a flood of refusals is ten lines a second', async () => {
    const open = await openLimited({ maxConnectionsPerAddress: 1 });
    expect(await serves(await dialFrom(open.httpPort))).toBe(true);
    const refused = await Promise.all(Array.from({ length: 100 }, () => dialFrom(open.httpPort)));
    await Promise.all(refused.map((socket) => refusalOn(socket)));
    const lines = open.log.lines.filter(({ code }) => code === 'too_many_connections_from_address');
    expect(lines.length).toBeLessThan(50);
    expect(lines.length).toBeGreaterThan(0);
  });

  test('loopback is exempt unless the setting says otherwise', async () => {
    const open = await openGateway({ http: { maxConnectionsPerAddress: 1 } });
    const sockets = await Promise.all(Array.from({ length: 5 }, () => dialFrom(open.httpPort)));
    for (const socket of sockets) expect(await serves(socket)).toBe(true);
  });
});

test('WebSockets of one address: the next is told 429, and a place comes back', async () => {
  const open = await openLimited({ maxWebsocketsPerAddress: 1 });
  const dial = () => {
    const socket = new WebSocket(open.url('/ws/v1').replace('http', 'ws'));
    whenDone(() => socket.terminate());
    return socket;
  };
  const first = dial();
  await once(first, 'open');
  const [error] = await once(dial(), 'error');
  expect(String(error)).toContain('429');
  await open.log.until(({ code }) => code === 'too_many_websockets_from_address');
  first.close();
  await once(first, 'close');
  for (;;) {
    const next = dial();
    const isOpen = await Promise.race([
      once(next, 'open').then(() => true),
      once(next, 'error').then(() => false),
    ]);
    if (isOpen) break;
  }
});

test('held requests of one address: the next is told 429, over HTTP/2 too, and places come back', async () => {
  const open = await openLimited({ maxHeldPerAddress: 2 });
  const source = await goLive(open, 'held');
  const text = await (await fetch(open.url('/live/held/main.m3u8'))).text();
  const hint = /EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1] ?? '';
  const session = await connectHttp2(open.ports.httpsPort ?? 0);
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':path': `/live/held/${hint}` });
      stream.once('response', (headers) => resolve(Number(headers[':status'])));
      stream.once('error', reject);
      stream.resume();
    });
  const held = [ask(), ask()];
  expect(await ask()).toBe(429);
  const answer = await fetch(open.url(`/live/held/${hint}`));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await answer.json()).toMatchObject({ status: 429 });
  await open.log.until(({ code }) => code === 'too_many_held_from_address');
  source.sendUntil(3_000);
  expect(await Promise.all(held)).toEqual([200, 200]);
  const later = /EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(
    await (await fetch(open.url('/live/held/main.m3u8'))).text(),
  );
  const again = fetch(open.url(`/live/held/${later?.[1]}`));
  source.sendUntil(3_500);
  expect((await again).status).toBe(200);
});

test('held requests of all peers: the next is told 503, and that it is not its address', async () => {
  const open = await openLimited({ maxConnections: 2 });
  const source = await goLive(open, 'held');
  const session = await connectHttp2(open.ports.httpsPort ?? 0);
  const playlist = (await askHttp2(session, '/live/held/main.m3u8')).body.toString();
  const hint = `/live/held/${/EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(playlist)?.[1]}`;
  const held = [askHttp2(session, hint), askHttp2(session, hint)];
  const refused = await askHttp2(session, hint);
  expect(refused.status).toBe(503);
  expect(String(refused.body)).toContain('The gateway has too many requests that wait');
  expect(refused.headers['retry-after']).toBe('1');
  await open.log.until(({ code }) => code === 'too_many_held');
  source.sendUntil(3_000);
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
});

describe('TLS handshakes', () => {
  const shake = (port: number): Promise<boolean> => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    whenDone(() => void socket.destroy());
    socket.on('error', () => {});
    return Promise.race([
      once(socket, 'secureConnect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
  };

  test('of one address: ten seconds’ worth at once, and no more', async () => {
    const open = await openLimited({}, { tls: { ...TEST_TLS, maxHandshakesPerAddress: 1 } });
    const port = open.ports.httpsPort ?? 0;
    const outcomes: boolean[] = [];
    for (let at = 0; at < 40; at += 1) outcomes.push(await shake(port));
    expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => true));
    expect(outcomes).toContain(false);
    await open.log.until(({ code }) => code === 'too_many_handshakes_from_address');
  });

  test('under way: one that does not go on keeps its place until it ends', async () => {
    const open = await openLimited({}, { tls: { ...TEST_TLS, maxHandshakes: 1 } });
    const port = open.ports.httpsPort ?? 0;
    expect(await shake(port)).toBe(true);
    const idle = await dialFrom(port);
    while (await shake(port)) {
      // The idle connection has not been accepted yet.
    }
    await open.log.until(({ code }) => code === 'too_many_handshakes');
    idle.destroy();
    while (!(await shake(port))) {
      // Its end has not been noticed yet.
    }
  });
});

describe('places', () => {
  const groups = new PeerGroups(new NetworkList('10.0.0.0/8'));

  test('an IPv6 network of 64 bits has as many as one IPv4 address', () => {
    const places = new PeerPlaces(groups, 100, 2);
    expect(places.take('2001:db8::1')).toBeUndefined();
    expect(places.take('2001:db8::2')).toBeUndefined();
    expect(places.take('2001:db8::3')).toBe('per_address');
    expect(places.take('2001:db8:0:1::3')).toBeUndefined();
    places.leave('2001:db8::1');
    expect(places.take('2001:db8::3')).toBeUndefined();
  });

  test('exempt networks count in all only', () => {
    const places = new PeerPlaces(groups, 3, 1);
    for (let at = 0; at < 3; at += 1) expect(places.take('10.1.2.3')).toBeUndefined();
    expect(places.take('192.0.2.1')).toBe('in_all');
    places.leave('10.1.2.3');
    expect([places.take('192.0.2.1'), places.total]).toEqual([undefined, 3]);
  });

  test('rates fill up again with time, to their burst', () => {
    let now = 0;
    const rates = new PeerRates(
      groups,
      2,
      3,
      clockOf(() => now),
    );
    const take = (count: number) =>
      Array.from({ length: count }, () => rates.take('192.0.2.1')).filter(Boolean).length;
    expect(take(10)).toBe(6);
    now += 1_000;
    expect(take(10)).toBe(2);
    now += 1_000_000;
    rates.empty('192.0.2.1');
    expect(take(10)).toBe(0);
    now += 1_000_000;
    expect(take(10)).toBe(6);
    for (let at = 0; at < 20; at += 1) expect(rates.take('10.0.0.1')).toBe(true);
  });

  test('addresses without end are forgotten', () => {
    const rates = new PeerRates(
      groups,
      1,
      1,
      clockOf(() => 0),
    );
    for (let at = 0; at < 20_000; at += 1) expect(rates.take(`192.0.${at >> 8}.${at & 255}`)).toBe(true);
  });
});
