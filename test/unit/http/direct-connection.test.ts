// Connections on which media is served without node:http: the same answers, and every other request gets node:http's own.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, connect as dial, type Socket } from 'node:net';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../server/clock.ts';
import { DirectConnection } from '../../../server/http/direct-connection.ts';
import { HeadFields } from '../../../server/http/direct-head.ts';
import type { HttpReply, HttpRequest } from '../../../server/http/http-exchange.ts';
import { sendRepeatedBody } from '../../../server/http/repeated-answer.ts';
import { ServingTurns } from '../../../server/http/serving-turns.ts';
import { silentLogger } from '../../../server/log.ts';
import { whenDone } from '../../support/cleanup.ts';
import { dialHttp, getText } from '../../support/raw-http.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { goLive, hasSegment, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';
import { listenHttp } from './http-fixture.ts';

/** A header that is repeated is not simple, so that node:http serves the request. */
const NOT_SIMPLE = ['x-any: 1', 'x-any: 2'];

let open: OpenGateway;
let paths: Record<string, string>;

beforeAll(async () => {
  open = await openGateway();
  await goLive(open, 'direct');
  const { playlist, text } = await untilListed(open.url('/live/direct/main.m3u8'), hasSegment);
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  paths = {
    'a held playlist': `/live/direct/main.m3u8?_HLS_msn=${next}`,
    playlist: '/live/direct/main.m3u8',
    multivariant: '/live/direct/index.m3u8',
    segment: `/live/direct/${playlist.segments.find(({ uri }) => uri !== '')?.uri}`,
    part: `/live/direct/${/EXT-X-PART:.*URI="([^"]+)"/.exec(text)?.[1]}`,
    init: `/live/direct/${/EXT-X-MAP:.*URI="([^"]+)"/.exec(text)?.[1]}`,
    alias: '/live/direct.m3u8?a=1',
    'another stream': '/live/nobody/index.m3u8',
    'a bad directive': '/live/direct/main.m3u8?_HLS_msn=x',
  };
});

/** The bytes of the answers to requests that are sent at once, without dates. */
async function bytesOf(requests: string): Promise<string> {
  const raw = await connectRaw(open.httpPort);
  await raw.write(
    Buffer.from(`${requests}GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 'latin1'),
  );
  const { received } = await raw.untilClosed(15_000);
  return received.toString('latin1').replaceAll(/^Date: .*$/gim, 'Date');
}

describe.each([
  ['playlist', []],
  ['playlist', ['accept-encoding: gzip']],
  ['playlist', ['accept-encoding: br;q=0.5, gzip;q=0.1', 'user-agent: A']],
  ['multivariant', []],
  ['segment', []],
  ['segment', ['range: bytes=5-9']],
  ['segment', ['range: bytes=-7', 'connection: Keep-Alive']],
  ['segment', ['range: bytes=99999999-']],
  ['part', []],
  ['part', ['range: bytes=0-0']],
  ['part', ['if-range: "x"', 'range: bytes=0-0']],
  ['init', []],
  ['alias', []],
  ['another stream', []],
  ['a bad directive', []],
])('a request for %s with %j', (name, lines) => {
  test('has the same bytes as from node:http, once and again', async () => {
    const direct = getText(paths[name] ?? '', ...lines);
    const indirect = getText(paths[name] ?? '', ...lines, ...NOT_SIMPLE);
    expect(await bytesOf(direct + direct)).toBe(await bytesOf(indirect + indirect));
  });
});

test('media, pages and other methods on one connection are answered in their order', async () => {
  const [playlist = '', part = ''] = [paths['playlist'], paths['part']];
  const post = 'POST /cmcd HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nv=2,';
  const all = [
    getText(playlist),
    getText('/livez'),
    getText(part),
    `HEAD ${part} HTTP/1.1\r\nhost: x\r\n\r\n`,
    getText(part),
    post,
    getText(part),
    `OPTIONS ${part} HTTP/1.1\r\nhost: x\r\n\r\n`,
    getText(part),
  ];
  const statuses = [200, 200, 200, 200, 200, 400, 200, 204, 200];
  const raw = await connectRaw(open.httpPort);
  await raw.write(Buffer.from(all.join('')));
  const seen = (): number[] =>
    [
      ...raw
        .received()
        .toString('latin1')
        .matchAll(/HTTP\/1\.1 (\d{3}) /g),
    ].map(([, status]) => Number(status));
  while (seen().length < statuses.length) await raw.untilReceived(raw.received().length + 1);
  expect(seen()).toEqual(statuses);
  const client = await dialHttp(open.httpPort);
  // The length of an answer to HEAD is not that of its body.
  const readable = all.filter((request) => !request.startsWith('HEAD'));
  for (const [at, request] of readable.entries()) {
    client.send(request);
    await client.answers(at + 1);
  }
  expect((await client.answers(readable.length)).map(({ status }) => status)).toEqual(
    statuses.filter((_status, at) => !all[at]?.startsWith('HEAD')),
  );
});

test('media leaves node:http, comes back for other requests, and leaves again', async () => {
  const begin = vi.spyOn(DirectConnection.prototype, 'begin');
  const init = paths['init'] ?? '';
  await bytesOf(getText(init, ...NOT_SIMPLE));
  expect(begin).toHaveBeenCalledTimes(0);
  await bytesOf(getText(init) + getText(init) + getText('/livez') + getText(init));
  expect(begin).toHaveBeenCalledTimes(1);
  const client = await dialHttp(open.httpPort);
  for (const [at, path] of [init, '/livez', init, '/livez', init].entries()) {
    client.send(getText(path));
    await client.answers(at + 1);
  }
  expect(begin).toHaveBeenCalledTimes(4);
  begin.mockRestore();
});

test('the head of a segment is written once for all who request it', async () => {
  const request = getText(paths['segment'] ?? '');
  // Every head has a date, and each second needs a new one.
  const dates = vi.spyOn(Date.prototype, 'toUTCString');
  await bytesOf(request.repeat(20));
  expect(dates.mock.calls.length).toBeLessThan(10);
  dates.mockRestore();
});

test('a body in several chunks follows the head of the first answer', async () => {
  const body = { chunks: ['a', 'bc', 'd'].map((text) => ({ bytes: Buffer.from(text) })), byteLength: 4 };
  let count = 0;
  const media = {
    serves: () => true,
    handle: (_request: HttpRequest, reply: HttpReply) => {
      count += 1;
      sendRepeatedBody(reply, body, ['x-written', String(count)]);
    },
  };
  const { port } = await listenHttp(
    Object.assign((_request: IncomingMessage, response: ServerResponse) => response.end(), { media }),
  );
  vi.useFakeTimers({ toFake: ['Date'] });
  const client = await dialHttp(port);
  client.send(getText('/media').repeat(3));
  const answers = await client.answers(3);
  vi.useRealTimers();
  expect(answers.map(({ headers, body: sent }) => [headers['x-written'], String(sent)])).toEqual(
    Array.from({ length: 3 }, () => ['1', 'abcd']),
  );
});

test('a connection that changes often keeps its listeners', async () => {
  const { port } = await listenHttp(
    Object.assign(
      (request: IncomingMessage, response: ServerResponse) => response.end(countsOf(request.socket)),
      {
        media: {
          serves: (target: string) => target === '/media',
          handle: ({ socket }: HttpRequest, reply: HttpReply) => {
            // After this answer it has returned from node:http once more.
            reply.end(Buffer.from(countsOf(socket)));
          },
        },
      },
    ),
  );
  const client = await dialHttp(port);
  for (let at = 0; at < 24; at += 2) {
    client.send(getText('/media'));
    await client.answers(at + 1);
    client.send(getText('/page'));
    await client.answers(at + 2);
  }
  const bodies = (await client.answers(24)).map(({ body }) => String(body));
  // node:http has more of them in its first turn.
  expect(new Set(bodies.slice(2)).size).toBe(2);
});

/** Numbers of a socket's listeners. */
function countsOf(socket: Socket): string {
  return JSON.stringify(
    socket
      .eventNames()
      .map((name) => [String(name), socket.listenerCount(name)])
      .sort(),
  );
}

test('a head may come in any pieces', async () => {
  const request = getText(paths['init'] ?? '', 'accept: */*');
  const client = await dialHttp(open.httpPort);
  client.send(request);
  const [whole] = await client.answers(1);
  for (const at of [1, 4, 5, 20, request.length - 3, request.length - 1]) {
    client.send(request.slice(0, at));
    await (await fetch(open.url('/livez'))).arrayBuffer();
    client.send(request.slice(at));
  }
  const answers = await client.answers(7);
  expect(answers.map(({ body }) => body.equals(whole?.body ?? Buffer.alloc(0)))).toEqual(
    answers.map(() => true),
  );
});

const TARGET = '/live/direct/main.m3u8';
test.each([
  ['a line end without CR', `GET ${TARGET} HTTP/1.1\nhost: x\r\n\r\n`],
  ['a CR inside a value', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nx: a\rb\r\n\r\n`],
  ['a NUL', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n`],
  ['a blank before the colon', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nx : a\r\n\r\n`],
  ['a folded line', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n`],
  ['no host', `GET ${TARGET} HTTP/1.1\r\n\r\n`],
  ['two hosts', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n`],
  ['no name', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\n: a\r\n\r\n`],
  ['two blanks', `GET  ${TARGET} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['a blank in the target', `GET ${TARGET} x HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['another version', `GET ${TARGET} HTTP/1.2\r\nhost: x\r\n\r\n`],
  ['HTTP/1.0', `GET ${TARGET} HTTP/1.0\r\nhost: x\r\n\r\n`],
  ['an unknown method', `GETS ${TARGET} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ['a head that is too large', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(9_000)}\r\n\r\n`],
  [
    'a body',
    `GET ${TARGET} HTTP/1.1\r\nhost: x\r\ncontent-length: 38\r\n\r\n${getText('/live/nobody/smuggled')}`,
  ],
  ['a body in chunks', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  [
    'two kinds of body',
    `GET ${TARGET} HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['an expectation', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\r\n`],
  ['an upgrade', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n`],
  ['a close', `GET ${TARGET} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`],
  ['an absolute target', `GET http://x${TARGET} HTTP/1.1\r\nhost: x\r\n\r\n`],
])('%s is answered by node:http, on a new connection and after media', async (_name, request) => {
  const init = getText(paths['init'] ?? '');
  const fresh = await bytesOf(request);
  const after = await bytesOf(init + request);
  const first = await bytesOf(init);
  // What follows the answer for media.
  expect(after.slice(first.lastIndexOf('HTTP/1.1 200'))).toBe(fresh);
});

test('a client that closes its side gets the answers to what it has sent', async () => {
  const raw = await connectRaw(open.httpPort);
  const request = getText(paths['init'] ?? '');
  raw.socket.end(request + request);
  const { received } = await raw.untilClosed(5_000);
  expect(received.toString('latin1').match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});

test('a request does not wait any longer when its client has closed its side', async () => {
  const raw = await connectRaw(open.httpPort);
  raw.socket.end(getText(paths['a held playlist'] ?? ''));
  expect((await raw.untilClosed(5_000)).received.toString()).toBe('');
});

test('a stop ends idle connections at once, and answers what waits', async () => {
  const own = await openGateway();
  await goLive(own, 'stop');
  const { playlist } = await untilListed(own.url('/live/stop/main.m3u8'), hasSegment);
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  const [idle, held] = [await dialHttp(own.httpPort), await dialHttp(own.httpPort)];
  idle.send(getText('/live/stop/main.m3u8'));
  await idle.answers(1);
  held.send(getText(`/live/stop/main.m3u8?_HLS_msn=${next}`));
  await (await fetch(own.url('/livez'))).arrayBuffer();
  const closed = own.gateway.close();
  expect(await held.untilClosed()).toHaveLength(1);
  expect(await idle.untilClosed()).toHaveLength(1);
  await closed;
});

describe('without a request', () => {
  /** A connection that has been served once, and its other end. `behind` was received with the request. */
  async function served(
    handle = (_request: unknown, reply: HttpReply): void => void reply.end(Buffer.from('done')),
    behind = Buffer.alloc(0),
  ): Promise<{ connection: DirectConnection; client: Socket; slow: () => number }> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    whenDone(() => void server.close());
    const client = dial((server.address() as { port: number }).port, '127.0.0.1');
    whenDone(() => void client.destroy());
    client.on('error', () => {});
    const [socket] = (await once(server, 'connection')) as [Socket];
    let slow = 0;
    const onSlow = (): void => {
      slow += 1;
    };
    const media = { serves: () => true, handle };
    const connection = new DirectConnection({
      socket,
      media,
      turns: new ServingTurns({ log: silentLogger }),
      leave: () => {},
      onSlow,
      log: silentLogger,
    });
    connection.begin('/', new HeadFields(['host', 'x']), behind);
    await once(client, 'data');
    return { connection, client, slow: () => slow };
  }

  test('a connection stays for 65 seconds', async () => {
    const { connection, client } = await served();
    const nowMs = systemClock.monotonicMs();
    connection.check(nowMs + 64_000);
    client.write('GET /');
    client.write(' HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(String(await once(client, 'data'))).toContain('done');
    connection.check(nowMs + 70_000);
    await once(client, 'close');
  });

  test('a connection ends after its answer if the client has closed its side inside the next head', async () => {
    const answer = (_request: unknown, reply: HttpReply): void => {
      reply.writeHead(200, { 'content-length': '4' });
      reply.write(Buffer.from('do'));
      reply.socket?.once('end', () => reply.end(Buffer.from('ne')));
    };
    const { client } = await served(answer, Buffer.from('GET /'));
    client.end();
    await once(client, 'close');
  });

  test('a head has to be complete within 10 seconds', async () => {
    const { connection, client, slow } = await served();
    client.write('GET / HTTP/1.1\r\nho');
    // Each turn of the check is later than the bytes of the turn before.
    let nowMs = systemClock.monotonicMs() + 9_000;
    connection.check(nowMs);
    expect(slow()).toBe(0);
    while (slow() === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
      nowMs = systemClock.monotonicMs() + 11_000;
      connection.check(nowMs);
    }
    expect(slow()).toBe(1);
  });
});
