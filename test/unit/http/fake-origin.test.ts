// The interface between HTTP and HLS: this gateway's HTTP server serves streams that it fetches from another gateway.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkList } from '../../../server/address.ts';
import { systemClock } from '../../../server/clock.ts';
import { EncodedText } from '../../../server/hls/encoded-text.ts';
import type { AbsentAnswer, HlsOrigin, PendingAnswer, ReadyAnswer } from '../../../server/hls/hls-origin.ts';
import { createHttpHandler } from '../../../server/http/http-handler.ts';
import { PageLook } from '../../../server/http/page-look.ts';
import { silentLogger } from '../../../server/log.ts';
import { webRoot } from '../../../server/package-files.ts';
import { TrustedProxies } from '../../../server/proxied/trusted-proxies.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { whenDone } from '../../support/cleanup.ts';
import { fetchMedia, listParts } from '../../support/hls-client.ts';
import { goLive, hasSegment, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';
import { hlsLimits, listenHttp, unusedApi } from './http-fixture.ts';

type Answer = ReadyAnswer | AbsentAnswer;

/** Must ask the owner of the streams for everything: every answer is pending first. */
class PullingOrigin implements HlsOrigin {
  readonly #owner: string;

  constructor(owner: string) {
    this.#owner = owner;
  }

  answer(name: string, file: string, directives: string): PendingAnswer {
    const url = `${this.#owner}/live/${name}/${file}?${directives}`;
    const isWatched = file === 'main.m3u8';
    return {
      kind: 'pending',
      isWatched,
      wait: (maxWaitMs, done) => {
        const request = new AbortController();
        let isWanted = true;
        const timer = setTimeout(() => request.abort(), maxWaitMs);
        const notYet = (): Answer => ({ kind: 'absent', reason: 'not-yet' });
        void pull(url, request.signal, isWatched)
          .catch(notYet)
          .then((answer) => {
            clearTimeout(timer);
            if (isWanted) done(answer);
          });
        return () => {
          isWanted = false;
          request.abort();
        };
      },
    };
  }
}

async function pull(url: string, signal: AbortSignal, isWatched: boolean): Promise<Answer> {
  const response = await fetch(url, { signal });
  if (!response.ok) return { kind: 'absent', reason: response.status === 404 ? 'no-file' : 'not-yet' };
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.headers.get('content-type') === 'application/vnd.apple.mpegurl') {
    const text = new EncodedText(() => String(bytes));
    return { kind: 'ready', content: 'playlist', text, caching: 'newest', isWatched };
  }
  // Its own memory needs no pins.
  const chunks = [{ bytes, block: { pin: () => {}, unpin: () => {} } }];
  return { kind: 'ready', content: 'media', chunks, byteLength: bytes.length };
}

/** An HTTP server of this gateway with the streams of `origin`. */
async function openEdge(origin: HlsOrigin, maxHoldMs: number) {
  const viewers = new ViewerCount(systemClock);
  const proxies = new TrustedProxies({ networks: [], header: 'x-forwarded-for' });
  const handler = createHttpHandler({
    hls: { ...hlsLimits(), origin, viewers, maxHoldMs },
    api: unusedApi(),
    metrics: {
      metrics: { render: () => Promise.reject(new Error('nobody asks')) },
      networks: new NetworkList(''),
      proxies,
    },
    ...{
      webRoot,
      publicUrl: '',
      proxies,
      look: new PageLook({ accent: '', title: '', logo: '' }),
      embedOrigins: '*',
      basePath: '',
      log: silentLogger,
    },
  });
  const { port } = await listenHttp(handler);
  return { viewers, url: (path: string) => `http://127.0.0.1:${port}${path}` };
}

describe('streams of another gateway', () => {
  let owner: OpenGateway;
  let edge: Awaited<ReturnType<typeof openEdge>>;

  beforeAll(async () => {
    owner = await openGateway();
    await goLive(owner, 'far', 5_000);
    edge = await openEdge(new PullingOrigin(owner.url('')), 5_000);
  });

  test('the playlists are those of the owner, in the coding that the client prefers', async () => {
    const read = async (url: string) => (await fetch(url)).text();
    expect(await read(edge.url('/live/far/index.m3u8'))).toBe(await read(owner.url('/live/far/index.m3u8')));
    await untilListed(owner.url('/live/far/main.m3u8'), hasSegment);
    const response = await fetch(edge.url('/live/far/main.m3u8'), { headers: { 'accept-encoding': 'br' } });
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(await response.text()).toBe(await read(owner.url('/live/far/main.m3u8')));
    expect(edge.viewers.count('far')).toBe(1);
  });

  test('a range of a part is cut out of what the owner has', async () => {
    const media = await fetchMedia(edge.url('/live/far/main.m3u8'));
    const { pathname } = new URL(listParts(media).at(-1)?.url ?? '');
    const whole = Buffer.from(await (await fetch(owner.url(pathname))).arrayBuffer());
    const response = await fetch(edge.url(pathname), { headers: { range: 'bytes=10-29' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes 10-29/${whole.length}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(whole.subarray(10, 30));
    expect(Buffer.from(await (await fetch(edge.url(pathname))).arrayBuffer())).toEqual(whole);
  });

  test.each(['/live/far/part-none-1.m4s', '/live/nobody/index.m3u8'])(
    'what the owner does not have is not found: %s',
    async (path) => {
      const response = await fetch(edge.url(path));
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(await response.json()).toMatchObject({ title: 'No such file' });
    },
  );
});

describe('an owner that does not answer', () => {
  /** Accepts requests and never answers. */
  async function openSilent() {
    const server = createServer();
    whenDone(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { server, url: `http://127.0.0.1:${port}` };
  }

  test('is waited for as long as a request may be held, then it is 503', async () => {
    const owner = await openSilent();
    const edge = await openEdge(new PullingOrigin(owner.url), 100);
    const response = await fetch(edge.url('/live/far/main.m3u8'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ title: 'Not yet' });
  });

  test('is left alone when the client goes away', async () => {
    const owner = await openSilent();
    const edge = await openEdge(new PullingOrigin(owner.url), 60_000);
    const asked = once(owner.server, 'request');
    const leaving = new AbortController();
    const gone = fetch(edge.url('/live/far/main.m3u8'), { signal: leaving.signal }).catch(() => 'gone');
    const [request] = await asked;
    const closed = new Promise((resolve) => request.socket.once('close', resolve));
    leaving.abort();
    expect(await gone).toBe('gone');
    await closed;
    expect(edge.viewers.count('far')).toBe(1);
  });
});

test('an origin that fails while a request waits closes that request alone', async () => {
  const failing: HlsOrigin = {
    answer: (_name, file) => ({
      kind: 'pending',
      isWatched: false,
      wait: (_maxWaitMs, done) => {
        const reason = file === 'index.m3u8' ? 'fault' : 'no-file';
        const turn = setImmediate(() => done({ kind: 'absent', reason }));
        return () => clearImmediate(turn);
      },
    }),
  };
  const edge = await openEdge(failing, 60_000);
  await expect(fetch(edge.url('/live/a/index.m3u8'))).rejects.toThrow('fetch failed');
  expect((await fetch(edge.url('/live/a/part-a-1.m4s'))).status).toBe(404);
});
