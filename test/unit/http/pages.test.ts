// Pages, probes, the API and invalid HTTP: all are answered, and all errors are problem details (RFC 9457).
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../../server/app.ts';
import { rawGet } from '../../support/raw-get.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { goLive, type OpenGateway, openGateway, startSource } from '../gateway-fixture.ts';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway();
});

const get = (path: string, init: RequestInit = {}) => fetch(open.url(path), { redirect: 'manual', ...init });

/** One raw exchange: sends the request and reads everything until the gateway closes. */
async function exchange(request: string): Promise<string> {
  const raw = await connectRaw(open.httpPort);
  await raw.write(Buffer.from(request, 'latin1'));
  return (await raw.untilClosed(5_000)).received.toString('latin1');
}

describe('pages', () => {
  test.each([
    ['/', "frame-ancestors 'self'"],
    ['/watch/first', "frame-ancestors 'self'"],
    ['/embed/first', undefined],
    ['/dashboard', "frame-ancestors 'none'"],
    ['/dashboard/first', "frame-ancestors 'none'"],
  ])('%s has a strict policy', async (path, ancestors) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const policy = response.headers.get('content-security-policy') ?? '';
    const parts = policy.split('; ');
    expect(parts).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "base-uri 'none'"]),
    );
    // Without the directive, pages from files and apps may frame it too; no source expression names those.
    expect(parts.find((part) => part.startsWith('frame-ancestors'))).toBe(ancestors);
    expect(policy).not.toMatch(/unsafe|https?:/);
    // Nothing inline that the policy would refuse.
    expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i);
  });

  test.each(['/dashboard', '/dashboard/first'])('%s finds its files below any prefix', async (path) => {
    const html = await (await get(path)).text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const below = new URL(file, `http://gateway.example/prefix${path}`).pathname;
      expect(below).toMatch(/^\/prefix\/assets\//);
      expect((await get(below.slice('/prefix'.length))).status).toBe(200);
    }
  });

  test('assets are immutable', async () => {
    const html = await (await get('/watch/first')).text();
    const asset = /assets\/[^"]+\.js/.exec(html)?.[0] ?? '';
    const response = await get(`/${asset}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    // A sandboxed frame has the origin "null", so scripts and styles are cross-origin.
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  test('assets come compressed, each coding with its own validator', async () => {
    const html = await (await get('/watch/first')).text();
    const asset = `/${/assets\/[^"]+\.js/.exec(html)?.[0]}`;
    const plain = await rawGet(open.url(asset), { 'accept-encoding': 'identity' });
    const tags = new Set([plain.headers.etag]);
    for (const [coding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const { headers, body } = await rawGet(open.url(asset), { 'accept-encoding': coding });
      expect(headers).toMatchObject({
        'content-encoding': coding,
        vary: 'Accept-Encoding',
        'content-length': String(body.length),
        'cache-control': 'public, max-age=31536000, immutable',
      });
      expect(body.length).toBeLessThan(plain.body.length);
      expect(decode(body).equals(plain.body)).toBe(true);
      const again = await rawGet(open.url(asset), {
        'accept-encoding': coding,
        'if-none-match': String(headers.etag),
      });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      tags.add(headers.etag);
      expect(
        (await rawGet(open.url(asset), { 'accept-encoding': coding }, 'HEAD')).headers['content-length'],
      ).toBe(headers['content-length']);
    }
    expect(tags.size).toBe(3);
    expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test.each(['.br', '.gz'])(
    'the files of the build with %s are not addresses of their own',
    async (suffix) => {
      const html = await (await get('/watch/first')).text();
      expect((await get(`/${/assets\/[^"]+\.js/.exec(html)?.[0]}${suffix}`)).status).toBe(404);
    },
  );

  test('the embed page is framed by the sites of the setting alone, when there are some', async () => {
    const limited = await openGateway({
      http: { embedOrigins: 'https://example.com, https://*.example.org' },
    });
    const policy = async (path: string) =>
      (await fetch(limited.url(path))).headers.get('content-security-policy') ?? '';
    expect(await policy('/embed/a')).toMatch(
      /; frame-ancestors 'self' https:\/\/example\.com https:\/\/\*\.example\.org$/,
    );
    expect(await policy('/watch/a')).toMatch(/; frame-ancestors 'self'; frame-src 'self'$/);
  });

  test.each(['https://a.example; script-src *', "'none'", 'https://a.example/path', 'a b', '*', ','])(
    '%j is no list of origins',
    (embedOrigins) => {
      expect(() => createGateway({ http: { embedOrigins } })).toThrowError('http.embed-origins');
    },
  );

  test.each([
    ['/watch/first/', '../first'],
    ['/embed/first/?autoplay=1', '../first?autoplay=1'],
    ['/dashboard/first/', '../first'],
    ['/dashboard/', '../dashboard'],
    ['/embed/any/test/', '../test'],
  ])('%s leads to the page without the slash', async (path, location) => {
    const response = await get(path);
    expect([response.status, response.headers.get('location')]).toEqual([308, location]);
    expect(new URL(location, open.url(path)).pathname).toBe(path.split('?')[0]?.slice(0, -1));
  });

  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  test.each([
    ['/watch/no.dots', '../'],
    ['/watch/a/b?c=/d', '../../'],
    ['/nothing', './'],
    ['/watch/%zz', '../'],
  ])('%s opened by a person is a page that leads back', async (path, root) => {
    const response = await get(path, { headers: { accept: BROWSER } });
    expect([400, 404]).toContain(response.status);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toBe('Accept, Accept-Language');
    const html = await response.text();
    expect(html).toContain(`<a href="${root}">`);
    // The policy allows this exact style.
    const style = /<style>(.*)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
  });

  test.each([
    ['/nothing', 'de-DE,de;q=0.9,en;q=0.8', '<html lang="de">', '<h1>Seite nicht gefunden</h1>'],
    ['/nothing?lang=ja', 'de', '<html lang="ja">', '<h1>ページが見つかりません</h1>'],
    ['/watch/no.dots', 'fr,pt-BR;q=0.5', '<html lang="pt-BR">', '>Todas as transmissões</a>'],
    ['/watch/%zz', 'fr', '<html lang="en">', '<h1>Page not found</h1>'],
  ])('%s is answered in a language of %s', async (path, language, ...texts) => {
    const response = await get(path, { headers: { accept: BROWSER, 'accept-language': language } });
    const html = await response.text();
    for (const text of texts) expect(html).toContain(text);
  });

  test.each(['*/*', 'application/json', 'text/html;q=0, */*'])(
    'to a program that accepts %s it is JSON',
    async (accept) => {
      const response = await get('/nothing', { headers: { accept } });
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(response.headers.get('vary')).toBe('Accept');
    },
  );

  test.each([
    '/watch/',
    '/watch/no.dots',
    '/watch/%3Cscript%3E',
    `/watch/${'a'.repeat(65)}`,
    '/watch/a/b',
    '/embed/a%2Fb',
    '/embed/%00',
    '/dashboard/no.dots',
    '/dashboard/a/b',
    '/assets/',
    '/assets/nothing.js',
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/nothing',
    '/api/v1/nothing',
    '/index.html',
  ])('%s is a 404 problem', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ type: 'about:blank', status: 404 });
  });

  test.each(['/watch/%zz', '/embed/%', '/assets/%', '/api/v1/streams/%ff'])(
    '%s cannot be decoded: a 400 or 404 problem, and no line in the log',
    async (path) => {
      const response = await get(path);
      expect([400, 404]).toContain(response.status);
      expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(open.log.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    },
  );
});

describe('probes and API', () => {
  test('alive and ready', async () => {
    expect(await (await get('/livez')).json()).toEqual({ status: 'alive' });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ready' });
    expect((await get('/readyz')).headers.get('cache-control')).toBe('no-store');
  });

  test('streams and info', async () => {
    await goLive(open, 'api');
    const list = await get('/api/v1/streams');
    expect(list.headers.get('access-control-allow-origin')).toBeNull();
    const { streams } = (await list.json()) as { streams: unknown[] };
    expect(streams).toEqual([
      {
        name: 'api',
        state: 'live',
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        viewers: 0,
        codecs: expect.stringMatching(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/),
        watch: 'watch/api',
        hls: 'live/api/index.m3u8',
      },
    ]);
    expect(await (await get('/api/v1/streams/api')).json()).toMatchObject({ name: 'api' });
    const unknown = await get('/api/v1/streams/nobody');
    expect(unknown.status).toBe(404);
    // A page in a sandboxed frame has the origin "null", and requests this when it has no WebSocket.
    expect(unknown.headers.get('access-control-allow-origin')).toBe('*');
    const info = await (await get('/api/v1/info')).json();
    expect(info).toMatchObject({ version: expect.any(String), rtmp: { port: open.rtmpPort } });
  });

  test('streams come in pages by name; a cursor goes on behind a stream that is gone', async () => {
    const own = await openGateway();
    for (const name of ['c', 'a', 'B', 'd']) await startSource(own.rtmpPort, name);
    const page = async (query: string): Promise<unknown> => {
      const body = (await (await fetch(own.url(`/api/v1/streams${query}`))).json()) as {
        streams: { name: string }[];
        next?: string;
      };
      return { ...body, streams: body.streams.map(({ name }) => name).join('') };
    };
    expect(await page('')).toEqual({ streams: 'Bacd' });
    expect(await page('?limit=3')).toEqual({ streams: 'Bac', next: 'c' });
    expect(await page('?limit=3&after=c')).toEqual({ streams: 'd' });
    expect(await page('?limit=4')).toEqual({ streams: 'Bacd' });
    expect(await page('?limit=1&after=b')).toEqual({ streams: 'c', next: 'c' });
    expect(await page('?after=zz&other=1')).toEqual({ streams: '' });
  });

  test.each([
    ['limit=0', '"0"'],
    ['limit=1001', '"1001"'],
    ['limit=-1', '"-1"'],
    ['limit=1e2', '"1e2"'],
    ['limit=', '""'],
    ['limit=5&limit=6', '"5" and "6"'],
    ['after=', '""'],
    ['after=no%20name', '"no name"'],
    ['after=a&after=b', '"a" and "b"'],
    [`after=${'x'.repeat(500)}`, `"${'x'.repeat(40)}"`],
  ])('streams, ?%s is refused and named', async (query, named) => {
    const response = await get(`/api/v1/streams?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const { detail } = (await response.json()) as { detail: string };
    expect(detail.startsWith(`${query.split('=')[0]} must be `)).toBe(true);
    expect(detail.endsWith(`the query has ${named}.`)).toBe(true);
  });

  test('info names the address that RTMP listens on, and no other', async () => {
    const info = (await (await get('/api/v1/info')).json()) as { rtmp: { servers: string[] } };
    expect(info.rtmp.servers).toEqual([`rtmp://127.0.0.1:${open.rtmpPort}/live`]);
  });

  test('twenty thousand unknown names leave nothing behind', async () => {
    const before = (await (await get('/api/v1/streams')).json()) as { streams: unknown[] };
    for (let at = 0; at < 20; at += 1) {
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const response = await get(`/live/unknown-${at}-${n}/main.m3u8`);
          await response.arrayBuffer();
          return response.status;
        }),
      );
      expect(new Set(statuses)).toEqual(new Set([404]));
    }
    expect(await (await get('/api/v1/streams')).json()).toEqual(before);
  });

  test('readyz is 503 while the gateway drains', async () => {
    const draining = await openGateway();
    await goLive(draining, 'seen');
    // After a viewer, the gateway waits for that viewer's last request.
    await (await fetch(draining.url('/live/seen/main.m3u8'))).arrayBuffer();
    const closed = draining.gateway.close();
    const response = await fetch(draining.url('/readyz'));
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect((await fetch(draining.url('/livez'))).status).toBe(200);
    await closed;
  });
});

describe('odd HTTP', () => {
  test.each([
    ['not HTTP', 'hello\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a bare LF and a space in a header name', 'GET / HTTP/1.1\nho st: x\n\n', 400],
    [
      'two lengths that disagree',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a head of 16 KiB', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(16_384)}\r\n\r\n`, 431],
    [
      'two thousand headers',
      `GET / HTTP/1.1\r\nhost: x\r\n${Array.from({ length: 2_000 }, (_, at) => `x${at}: y\r\n`).join('')}\r\n`,
      431,
    ],
  ])('%s is refused and closed', async (_what, request, status) => {
    expect(await exchange(request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('malformed HTTP is told so in a problem', async () => {
    const answer = await exchange('nonsense\r\n\r\n');
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    expect(answer).toMatch(/\r\nconnection: close/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ status: 400 });
  });

  test.each([
    '/live/x.m3u8?\x0c',
    '/live/x.m3u8?\xff',
    '/live/x.m3u8?a=%0d%0aset-cookie:x',
    '/live/x.m3u8?\t',
  ])('a redirect of an odd query %j breaks nothing', async (path) => {
    const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:307|400|404) /);
    expect(answer).not.toMatch(/\r\nset-cookie/i);
    expect(open.log.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  test.each([
    ['GET http://any.example/livez', 200],
    ['GET HTTP://any.example:8080/watch/x', 200],
    ['GET https://user@any.example/watch/x?y', 200],
    ['GET http://any.example', 200],
    ['GET http://any.example?x', 200],
    ['GET http://any.example/live/x.m3u8?a=b', 307],
    ['GET http:///livez', 400],
    ['GET ftp://any.example/livez', 400],
    ['GET *', 400],
    ['OPTIONS *', 204],
    ['OPTIONS http://any.example/live/x/main.m3u8', 204],
    ['CONNECT any.example:443', 405],
  ])('%s: %i (RFC 9112 clause 3.2)', async (line, status) => {
    const answer = await exchange(`${line} HTTP/1.1\r\nhost: other.example\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('a WebSocket opens at a whole URL', async () => {
    const raw = await connectRaw(open.httpPort);
    await raw.write(
      Buffer.from(
        'GET http://any.example/ws/v1 HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n' +
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n',
      ),
    );
    expect(String(await raw.untilReceived(20))).toMatch(/^HTTP\/1\.1 101 /);
  });

  test.each(['http://evil.example/live/x/index.m3u8', '//evil.example/watch/x', '*'])(
    'the request target %s is not followed anywhere',
    async (target) => {
      const answer = await exchange(
        `GET ${target} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    },
  );

  test('an upgrade to HTTP/2 is declined, and the request answered', async () => {
    const answer = await exchange(
      'GET /livez HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('alive');
  });
});
