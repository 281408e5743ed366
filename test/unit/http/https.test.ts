// HTTPS: over HTTP/2 and HTTP/1.1 every path answers as it does without TLS, WebSockets included.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ClientHttp2Session } from 'node:http2';
import { brotliDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { STATS_SUBPROTOCOL } from '../../../server/stats/stats-message.ts';
import { whenDone } from '../../support/cleanup.ts';
import { type Ask, askHttp2, askHttps, connectHttp2, TEST_TLS } from '../../support/http2-client.ts';
import { goLive, type OpenGateway, openGateway } from '../gateway-fixture.ts';

type Protocol = { readonly version: string; readonly ask: Ask };

let open: OpenGateway;
let session: ClientHttp2Session;
let protocols: Protocol[];
let assetPath: string;
let initPath: string;
let partPath: string;

beforeAll(async () => {
  // Heads of pages have absolute addresses; without this setting those of the request, which differ.
  open = await openGateway({ tls: TEST_TLS, http: { publicUrl: 'https://live.example' } });
  await goLive(open, 'tls');
  const port = open.ports.httpsPort ?? 0;
  session = await connectHttp2(port);
  protocols = [
    { version: '2.0', ask: askHttp2.bind(undefined, session) },
    { version: '1.1', ask: askHttps(port) },
  ];
  assetPath = `/${/assets\/[^"]+\.js/.exec(await (await fetch(open.url('/watch/tls'))).text())?.[0]}`;
  const playlist = await (await fetch(open.url('/live/tls/main.m3u8'))).text();
  initPath = `/live/tls/${/#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1]}`;
  partPath = `/live/tls/${/#EXT-X-PART:.*URI="([^"]+)"/.exec(playlist)?.[1]}`;
});

/** These headers belong to a connection or a moment, not to the answer. */
const NOT_COMPARED = ['connection', 'keep-alive', 'transfer-encoding', 'date', ':status'];

const withoutHop = (headers: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_COMPARED.includes(name)));

type Headers = Readonly<Record<string, string>>;

async function askPlainly(path: string, method: string, given: Headers) {
  const headers = { 'accept-encoding': 'identity', ...given };
  const answer = await fetch(open.url(path), { method, redirect: 'manual', headers });
  return { answer, body: Buffer.from(await answer.arrayBuffer()) };
}

/** Requests over plain HTTP and over both TLS protocols; the three must agree. @returns the status */
async function statusOf(path: string, method: string, given: Headers = {}): Promise<number> {
  for (;;) {
    const plain = await askPlainly(path, method, given);
    const secure = [];
    for (const { version, ask } of protocols)
      secure.push({ version, answer: await ask(path, method, given) });
    const again = await askPlainly(path, method, given);
    // The stream's state has changed between the requests.
    if (!sameBody(again.body, plain.body)) continue;
    for (const { version, answer } of secure) {
      expect(answer.version).toBe(version);
      expect([path, answer.status]).toEqual([path, plain.answer.status]);
      expect(withoutHop(answer.headers)).toEqual(withoutHop(Object.fromEntries(plain.answer.headers)));
      expect(sameBody(answer.body, plain.body)).toBe(true);
    }
    return plain.answer.status;
  }
}

/** Some answers contain the gateway's clock, which differs each time. */
function sameBody(left: Buffer, right: Buffer): boolean {
  const plain = (body: Buffer): Buffer =>
    Buffer.from(body.toString('latin1').replace(/"serverTime":\d+/, ''), 'latin1');
  return plain(left).equals(plain(right));
}

describe('every kind of path', () => {
  test.each([
    ['/', 200],
    ['/watch/tls', 200],
    ['/embed/tls', 200],
    ['/livez', 200],
    ['/readyz', 200],
    ['/api/v1/info', 200],
    ['/api/v1/streams', 200],
    ['/api/v1/streams/tls', 200],
    ['/live/tls/index.m3u8', 200],
    ['/live/tls/main.m3u8', 200],
    ['/live/tls.m3u8', 307],
    ['/hls/tls/index.m3u8?a=b', 307],
    ['/watch/%zz', 400],
    ['/live/tls/main.m3u8?_HLS_part=1', 400],
    ['/live/tls/main.m3u8?_HLS_msn=999999999999999', 400],
    ['/nothing', 404],
    ['/watch/no.dots', 404],
    ['/assets/nothing.js', 404],
    ['/assets/..%2f..%2fpackage.json', 404],
    ['/api/v1/streams/nobody', 404],
    ['/live/nobody/index.m3u8', 404],
    ['/live/tls/nothing.m4s', 404],
    ['/ws/v1', 404],
  ])('GET and HEAD %s: %i', async (path, status) => {
    expect(await statusOf(path, 'GET')).toBe(status);
    expect(await statusOf(path, 'HEAD')).toBe(status);
  });

  test('assets and media, byte for byte', async () => {
    for (const path of [assetPath, initPath, partPath]) {
      expect(await statusOf(path, 'GET')).toBe(200);
      expect(await statusOf(path, 'HEAD')).toBe(200);
    }
  });

  test('ranges of media', async () => {
    expect(await statusOf(partPath, 'GET', { range: 'bytes=10-99' })).toBe(206);
    expect(await statusOf(initPath, 'GET', { range: 'bytes=-5' })).toBe(206);
    expect(await statusOf(partPath, 'GET', { range: 'bytes=99999999-' })).toBe(416);
  });

  test('playlists in the coding that was asked for', async () => {
    for (const { ask } of protocols) {
      const { headers, body } = await ask('/live/tls/main.m3u8', 'GET', { 'accept-encoding': 'br, gzip' });
      expect(headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
      expect(String(brotliDecompressSync(body))).toContain('#EXTM3U');
    }
  });

  test.each([
    ['OPTIONS', '/live/tls/main.m3u8', 204],
    ['POST', '/live/tls/main.m3u8', 405],
    ['DELETE', '/live/tls/main.m3u8', 405],
    ['POST', '/api/v1/info', 405],
    ['OPTIONS', '/api/v1/info', 204],
    ['PUT', '/', 404],
  ])('%s %s: %i', async (method, path, status) => {
    expect(await statusOf(path, method)).toBe(status);
  });

  test('a mount path without its slash leads to the one with it', async () => {
    const mounted = await openGateway({ tls: TEST_TLS, http: { basePath: '/tv' } });
    const asks = [
      askHttps(mounted.ports.httpsPort ?? 0),
      askHttp2.bind(undefined, await connectHttp2(mounted.ports.httpsPort ?? 0)),
    ];
    for (const ask of asks) {
      expect(await ask('/tv')).toMatchObject({ status: 308, headers: { location: 'tv/' } });
      expect(await ask('/tv/livez')).toMatchObject({ status: 200 });
    }
  });

  test('a method that is none of ours, and CONNECT, are answered', async () => {
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'example.test:443' });
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(405);
    stream.destroy();
    expect(await askHttp2(session, '/live/tls/main.m3u8', 'BREW')).toMatchObject({ status: 405 });
  });

  test('a request with a body that nobody reads is answered', async () => {
    const stream = session.request({ ':method': 'POST', ':path': '/live/tls/main.m3u8' });
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(405);
    stream.resume();
    stream.end(Buffer.alloc(1024 * 1024));
    await once(stream, 'close');
    expect(await askHttp2(session, '/livez')).toMatchObject({ status: 200 });
  });
});

test('a WebSocket opens on the same port', async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${open.ports.httpsPort}/ws/v1`, STATS_SUBPROTOCOL, {
    ca: readFileSync(TEST_TLS.certificate),
  });
  whenDone(() => socket.terminate());
  const [hello] = await once(socket, 'message');
  expect(JSON.parse(String(hello))).toMatchObject({ op: 'hello', v: 1 });
  socket.send(JSON.stringify({ op: 'sub', topic: 'status', name: 'tls' }));
  const [status] = await once(socket, 'message');
  expect(JSON.parse(String(status))).toMatchObject({ op: 'status', name: 'tls' });
  const elsewhere = new WebSocket(`wss://127.0.0.1:${open.ports.httpsPort}/elsewhere`, {
    ca: readFileSync(TEST_TLS.certificate),
  });
  const [error] = await once(elsewhere, 'error');
  expect(String(error)).toContain('404');
});

test('info tells where TLS is; without a certificate there is none', async () => {
  const info = JSON.parse(String((await askHttp2(session, '/api/v1/info')).body));
  const { rtmpsPort, httpsPort } = open.ports;
  expect(info).toMatchObject({
    rtmps: { port: rtmpsPort, servers: [`rtmps://127.0.0.1:${rtmpsPort}/live`] },
    https: { port: httpsPort },
  });
  const plain = await openGateway();
  expect(plain.ports).not.toHaveProperty('httpsPort');
  expect(await (await fetch(plain.url('/api/v1/info'))).json()).not.toHaveProperty('https');
});

test('a port that is taken leaves nothing open', async () => {
  const free = await openGateway();
  await free.gateway.close();
  const https = { port: open.ports.httpsPort ?? 0 };
  await expect(openGateway({ tls: TEST_TLS, http: { port: free.httpPort }, https })).rejects.toThrow(
    'EADDRINUSE',
  );
  await expect(fetch(free.url('/livez'))).rejects.toThrow();
});
