// The browser's own HLS player: why a playlist cannot be played, which the video element itself does not say.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { setToken } from '../../../../web/page/access-token.ts';
import { whenDone } from '../../../support/cleanup.ts';

// Files share their modules, and the token of a page is one module's state.
afterAll(() => void vi.resetModules());

type Failure = { readonly kind: string };

// Its types need those of a browser.
const FILE: string = '../../../../web/player/native-engine.ts';
const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:2,\na.m4s\n';

beforeAll(() => {
  vi.stubGlobal('HTMLMediaElement', { HAVE_NOTHING: 0 });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

/** A video element that reports at once that it cannot play its source. */
class Video extends EventTarget {
  readonly readyState = 0;
  readonly error = { code: 4, message: 'no supported source' };
  readonly seekable = { length: 0 };
  canPlayType = () => 'maybe';
  removeAttribute(): void {}
  load(): void {}
  set src(_url: string) {
    queueMicrotask(() => this.dispatchEvent(new Event('error')));
  }
}

async function serve(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/show/index.m3u8`;
}

it.each([
  ['denied', 403, '{}'],
  ['broken', 404, '{}'],
  ['broken', 503, ''],
  ['unsupported', 200, PLAYLIST],
])('reports %s when the playlist is answered with %i', async (kind, status, body) => {
  const { createNativeEngine } = await import(FILE);
  const url = await serve(status, body);
  const failure = await new Promise<Failure>((onFailure) => {
    const engine = createNativeEngine({ video: new Video(), url, startAt: { kind: 'live' }, onFailure });
    whenDone(() => engine.destroy());
  });
  expect(failure.kind).toBe(kind);
});

it('loads again when only an earlier token was refused', async () => {
  const { createNativeEngine } = await import(FILE);
  const server = createServer((_request, response) => {
    setToken('another');
    response.writeHead(403).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/show/t/expired/index.m3u8`;
  const failure = await new Promise<Failure>((onFailure) => {
    const engine = createNativeEngine({ video: new Video(), url, startAt: { kind: 'live' }, onFailure });
    whenDone(() => engine.destroy());
  });
  expect(failure.kind).toBe('broken');
});

it('reports that it cannot play at all without a request', async () => {
  const { createNativeEngine } = await import(FILE);
  const video = Object.assign(new Video(), { canPlayType: () => '' });
  const url = 'http://127.0.0.1:1/live/show/index.m3u8';
  const failure = await new Promise<Failure>((onFailure) => {
    createNativeEngine({ video, url, startAt: { kind: 'live' }, onFailure });
  });
  expect(failure).toEqual({ kind: 'unsupported', codec: undefined });
});
