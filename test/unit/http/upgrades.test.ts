// Upgrades on an HTTP/1.1 connection: none overtakes an answer, and none ends or stalls anything (RFC 9110 clause 7.8).
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { webRoot } from '../../../server/package-files.ts';
import { TEST_TLS } from '../../support/http2-client.ts';
import { dialHttp, getText, type HttpAnswer } from '../../support/raw-http.ts';
import {
  fattened,
  goLive,
  hasSegment,
  type OpenGateway,
  openGateway,
  tinyClip,
  untilListed,
} from '../gateway-fixture.ts';

let open: OpenGateway;
/** Paths, by their kind. */
let paths: Record<string, string>;
/** The largest built file: several times larger than a socket's buffer. */
let asset: { readonly path: string; readonly bytes: Buffer };

const LONG_HOLD_MS = 400;

beforeAll(async () => {
  // The publisher sends nothing more, and its stream must last as long as the tests.
  const patience = { rtmp: { silence: '1h' }, stream: { grace: '1h' } };
  open = await openGateway({ tls: TEST_TLS, hls: { hold: LONG_HOLD_MS }, ...patience });
  await goLive(open, 'up', 2_500, fattened(tinyClip, 20_000));
  const { playlist } = await untilListed(open.url('/live/up/main.m3u8'), hasSegment);
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  asset = largestAsset();
  paths = {
    page: '/watch/up',
    segment: `/live/up/${playlist.segments.find(({ uri }) => uri !== '')?.uri}`,
    held: `/live/up/main.m3u8?_HLS_msn=${next}`,
    asset: asset.path,
    missing: '/nothing',
  };
});

const STATUS: Readonly<Record<string, number>> = {
  page: 200,
  segment: 200,
  held: 503,
  asset: 200,
  missing: 404,
};

function largestAsset() {
  const names = readdirSync(new URL('assets/', webRoot)).filter((name) => name.endsWith('.js'));
  const urls = names.map((name) => ({ name, url: new URL(`assets/${name}`, webRoot) }));
  urls.sort((left, right) => statSync(right.url).size - statSync(left.url).size);
  const [largest] = urls;
  if (largest === undefined) throw new Error('nothing is built');
  return { path: `/assets/${largest.name}`, bytes: readFileSync(largest.url) };
}

const webSocket = (path: string): string =>
  getText(
    path,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  );
const h2c = (path: string): string =>
  getText(path, 'connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__');

type Upgrade = { readonly text: () => string; readonly status: number };
const UPGRADES: Readonly<Record<string, Upgrade>> = {
  'h2c for an asset': { text: () => h2c(asset.path), status: 200 },
  'h2c for a held playlist': { text: () => h2c(paths['held'] ?? ''), status: 503 },
  'a WebSocket on our path': { text: () => webSocket('/ws/v1'), status: 101 },
  'a WebSocket elsewhere': { text: () => webSocket('/elsewhere'), status: 404 },
  'an unknown protocol': {
    text: () => getText('/livez', 'connection: upgrade', 'upgrade: foo/2'),
    status: 200,
  },
  CONNECT: { text: () => 'CONNECT example.test:443 HTTP/1.1\r\nhost: example.test:443\r\n\r\n', status: 405 },
};

const CASES = [false, true].flatMap((isTls) =>
  Object.keys(STATUS).flatMap((kind) =>
    Object.keys(UPGRADES).map((name) => ({ isTls, kind, name, where: isTls ? 'TLS' : 'plain' })),
  ),
);

const portOf = (isTls: boolean): number => (isTls ? open.ports.httpsPort : open.httpPort) ?? 0;

function expectWhole({ headers, body }: HttpAnswer, kind: string): void {
  expect(body.length).toBe(Number(headers['content-length']));
  if (kind === 'asset') expect(body.equals(asset.bytes)).toBe(true);
}

describe.each(CASES)('$where: behind $kind, $name', ({ isTls, kind, name }) => {
  const both = (): string => getText(paths[kind] ?? '') + (UPGRADES[name]?.text() ?? '');

  test('is answered after it, whole', async () => {
    const client = await dialHttp(portOf(isTls), isTls);
    client.send(both());
    const [first, second] = await client.answers(2);
    if (first === undefined || second === undefined) throw new Error('unreachable');
    expect([first.status, second.status]).toEqual([STATUS[kind], UPGRADES[name]?.status]);
    expectWhole(first, kind);
    if (second.status === 101) return void client.socket.destroy();
    expect(second.headers['connection']).toBe('close');
    expectWhole(second, name.endsWith('asset') ? 'asset' : name);
    expect(await client.untilClosed()).toHaveLength(2);
  });

  test('is answered to a peer that reads late', async () => {
    const client = await dialHttp(portOf(isTls), isTls);
    client.socket.pause();
    client.send(both());
    // The gateway has read it, because it has answered later requests on another connection.
    for (let at = 0; at < 3; at += 1) await (await fetch(open.url('/livez'))).arrayBuffer();
    client.socket.resume();
    const [first, second] = await client.answers(2);
    expect([first?.status, second?.status]).toEqual([STATUS[kind], UPGRADES[name]?.status]);
    client.socket.destroy();
  });

  test('leaves nothing behind when its peer goes', async () => {
    for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const client = await dialHttp(portOf(isTls), isTls);
      client.socket.pause();
      client.send(both());
      if (leave === 'resetAndDestroy' && isTls) client.socket.destroy();
      else client.socket[leave]();
      client.socket.resume();
      await client.untilClosed();
    }
    expect((await fetch(open.url('/livez'))).status).toBe(200);
  });
});

test('frames after an upgrade that waited are a WebSocket', async () => {
  const client = await dialHttp(open.httpPort);
  client.send(getText(paths['held'] ?? '') + webSocket('/ws/v1'));
  await client.answers(2);
  // RFC 6455 clause 5.2: text, final, masked with zeros.
  const text = Buffer.from('{"op":"ping","t0":7}');
  client.socket.write(Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), text]));
  for (;;) {
    const answers = await client.answers(2);
    if (String(answers[1]?.body).includes('"op":"pong","t0":7')) return;
    await new Promise((resolve) => client.socket.once('data', resolve));
  }
});

test('a peer that speaks before its upgrade is answered is closed', async () => {
  // Without TLS node:http does not see it before the held request is answered.
  const client = await dialHttp(portOf(true), true);
  client.send(getText(paths['held'] ?? '') + webSocket('/ws/v1'));
  await (await fetch(open.url('/livez'))).arrayBuffer();
  client.send('too early');
  expect(await client.untilClosed()).toEqual([]);
});

test('what follows an unwanted upgrade in the same packet is not served, and does no harm', async () => {
  const client = await dialHttp(open.httpPort);
  client.send(h2c('/livez') + getText('/api/v1/info').repeat(500));
  const answers = await client.untilClosed();
  expect(answers.map(({ status }) => status)).toEqual([200]);
});

test('curl --http2 gets a large file whole, and its connection ends', async () => {
  const { stdout } = await promisify(execFile)(
    'curl',
    [
      '--silent',
      '--http2',
      '--max-time',
      '20',
      '--write-out',
      '%{http_code} %{num_connects}',
      '--output',
      '-',
      open.url(asset.path),
    ],
    { encoding: 'buffer', maxBuffer: 16 * 1024 * 1024 },
  );
  expect(stdout.subarray(-5).toString()).toBe('200 1');
  expect(stdout.subarray(0, -5).equals(asset.bytes)).toBe(true);
});

test('close() knows every connection, whatever it was upgraded to', async () => {
  const closing = await openGateway({ tls: TEST_TLS });
  const clients = await Promise.all(
    [false, true].flatMap((isTls) =>
      [h2c(asset.path), webSocket('/ws/v1'), getText('/livez') + webSocket('/ws/v1')].map(async (text) => {
        const client = await dialHttp((isTls ? closing.ports.httpsPort : closing.httpPort) ?? 0, isTls);
        client.socket.pause();
        client.send(text);
        return client;
      }),
    ),
  );
  await (await fetch(closing.url('/livez'))).arrayBuffer();
  await closing.gateway.close();
  for (const client of clients) client.socket.resume();
  await Promise.all(clients.map((client) => client.untilClosed()));
}, 20_000);
