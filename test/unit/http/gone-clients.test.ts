// A client that leaves before the handler runs, as after an asynchronous middleware: nothing is pinned, held or counted
// for it.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import express from 'express';
import { beforeAll, describe, expect, test } from 'vitest';
import { whenDone } from '../../support/cleanup.ts';
import { goLive, hasSegment, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';

let open: OpenGateway;
let paths: Record<string, string>;

beforeAll(async () => {
  open = await openGateway();
  await goLive(open, 'gone');
  const { playlist, text } = await untilListed(open.url('/live/gone/main.m3u8'), hasSegment);
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  paths = {
    playlist: '/live/gone/main.m3u8',
    'held playlist': `/live/gone/main.m3u8?_HLS_msn=${next}`,
    segment: `/live/gone/${playlist.segments.find(({ uri }) => uri !== '')?.uri}`,
    'hinted part': `/live/gone/${/EXT-X-PRELOAD-HINT:.*URI="([^"]+)"/.exec(text)?.[1]}`,
    page: '/watch/gone',
    asset: `/${/assets\/[^"]+\.js/.exec(await (await fetch(open.url('/watch/gone'))).text())?.[0]}`,
  };
});

/** A middleware that passes the request on only after its client has gone, and the listeners left after that. */
function patientMiddleware() {
  const { promise: come, resolve: hasCome } = deferred();
  const { promise: handled, resolve: hasHandled } = deferred();
  let listeners = -1;
  const middleware: RequestListener = async (request, response) => {
    hasCome();
    await once(response, 'close');
    const before = response.listenerCount('close');
    open.gateway.handler(request, response);
    listeners = response.listenerCount('close') - before;
    hasHandled();
  };
  /** Listeners would release a pin, a hold or a viewer; after `close` they never run. */
  return { come, handled, middleware, listenersLeft: () => listeners };
}

function deferred() {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}

async function listen(server: Server | ReturnType<typeof createHttp2Server>): Promise<number> {
  server.listen(0, '127.0.0.1');
  whenDone(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const viewers = async (): Promise<number> =>
  ((await (await fetch(open.url('/api/v1/streams/gone'))).json()) as { viewers: number }).viewers;

const KINDS = ['playlist', 'held playlist', 'segment', 'hinted part', 'page', 'asset'];

describe.each(KINDS)('%s', (kind) => {
  test('over HTTP/1.1, nothing is kept for a client that has gone', async () => {
    const { middleware, come, handled, listenersLeft } = patientMiddleware();
    const app = express();
    app.use('/tv', middleware);
    const port = await listen(createServer(app));
    const before = await viewers();
    const client = connect(port, '127.0.0.1');
    client.on('error', () => {});
    client.write(`GET /tv${paths[kind]} HTTP/1.1\r\nhost: x\r\nuser-agent: gone/${kind}/1\r\n\r\n`);
    await come;
    client.resetAndDestroy();
    await handled;
    expect(listenersLeft()).toBe(0);
    expect(await viewers()).toBe(before);
  });

  test('over HTTP/2, nothing is kept for a stream that has been reset', async () => {
    // Express cannot serve HTTP/2, so the middleware is the whole application here.
    const { middleware, come, handled, listenersLeft } = patientMiddleware();
    const server = createHttp2Server((request, response) => middleware(request as never, response as never));
    const port = await listen(server);
    const before = await viewers();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    whenDone(() => session.destroy());
    session.on('error', () => {});
    const stream = session.request({ ':path': paths[kind] ?? '', 'user-agent': `gone/${kind}/2` });
    stream.on('error', () => {});
    await come;
    stream.close(8);
    await handled;
    expect(listenersLeft()).toBe(0);
    expect(await viewers()).toBe(before);
    session.destroy();
  });
});

test('a request that somebody has answered already is left alone', async () => {
  const port = await listen(
    createServer((request, response) => {
      response.end('mine');
      open.gateway.handler(request, response);
    }),
  );
  expect(await (await fetch(`http://127.0.0.1:${port}${paths['playlist']}`)).text()).toBe('mine');
});

test('a mounted gateway that does not listen is not ready', async () => {
  const { createGateway } = await import('../../../server/app.ts');
  const gateway = createGateway({ rtmp: { port: 0, host: '127.0.0.1' } });
  whenDone(() => gateway.close());
  const port = await listen(createServer((request, response) => gateway.handler(request, response)));
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect([await status('/readyz'), await status('/livez')]).toEqual([503, 200]);
  await gateway.listen({ http: false });
  expect(await status('/readyz')).toBe(200);
});
