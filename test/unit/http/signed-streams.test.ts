// A signed stream over HTTP and the WebSocket: what plays with a token, and what is refused without one.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../../server/stats/stats-message.ts';
import { whenDone } from '../../support/cleanup.ts';
import { fetchMedia, firstMediaUrl, listParts, reload } from '../../support/hls-client.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  type ClipSource,
  goLive,
  hasSegment,
  type OpenGateway,
  openGateway,
  startSource,
  untilListed,
} from '../gateway-fixture.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const PASSWORD = 'correct horse & staple';

let open: OpenGateway;
let source: ClipSource;

beforeAll(async () => {
  open = await openGateway({
    playback: {
      secrets: [SECRET],
      streams: { show: 'signed', other: 'signed', hidden: 'unlisted', party: { password: PASSWORD } },
    },
  });
  source = await goLive(open, 'show', 4_500);
  await goLive(open, 'hidden');
  await goLive(open, 'free');
});

const tokenFor = (name: string, lastsMs = 60_000, more = {}): string =>
  open.gateway.playbackToken({ name, expiresAt: Date.now() + lastsMs, ...more });
const at = (token: string, file = 'index.m3u8', name = 'show'): string => `/live/${name}/t/${token}/${file}`;

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(open.url(path), { redirect: 'manual', ...init });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  return {
    status: response.status,
    code: isProblem ? (JSON.parse(text) as { code?: string }).code : undefined,
    headers: response.headers,
    text,
  };
}

describe('with its token in the path', () => {
  test('every file plays, and every address in the playlists keeps the token', async () => {
    const token = tokenFor('show');
    const mediaUrl = await firstMediaUrl(open.url(at(token)));
    expect(mediaUrl).toBe(open.url(at(token, 'main.m3u8')));
    const media = await untilListed(mediaUrl, hasSegment);
    const urls = [
      ...listParts(media).map(({ url }) => url),
      ...media.playlist.segments.flatMap(({ uri, map }) => [uri, map?.uri ?? uri]),
    ]
      .filter((uri) => uri !== '')
      .map((uri) => new URL(uri, mediaUrl).href);
    expect(urls.length).toBeGreaterThan(5);
    for (const url of new Set(urls)) {
      expect(url).toContain(`/live/show/t/${token}/`);
      const response = await fetch(url);
      expect([response.status, response.headers.get('cache-control')]).toEqual([
        ...[200, 'public, max-age=31536000, immutable'],
      ]);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
    const held = reload(mediaUrl, media);
    source.sendUntil(7_000);
    expect((await held).text).toContain('#EXT-X-PART');
  });

  test('the playlists are the same bytes for every token', async () => {
    const [one, other] = await Promise.all(
      [tokenFor('show'), tokenFor('show', 90_000, { viewer: 'ann' })].map((token) => get(at(token))),
    );
    expect(one?.text).toBe(other?.text);
    expect(one?.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=1');
    expect(one?.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('an open stream ignores it', async () => {
    expect((await get(at('x', 'main.m3u8', 'free'))).status).toBe(200);
    expect((await get(at('x', 'main.m3u8', 'hidden'))).status).toBe(200);
    expect((await get('/live/free/t/x')).status).toBe(404);
    expect((await get('/live/free/u/x/main.m3u8')).status).toBe(404);
    expect((await get('/live/free/t/x/y/main.m3u8')).status).toBe(404);
  });
});

describe('without a valid token', () => {
  test.each<[string, () => string, string]>([
    ['none', () => '/live/show/index.m3u8', 'playback_token_missing'],
    ['none, for media', () => '/live/show/main.m3u8', 'playback_token_missing'],
    ['an altered one', () => at(`B${tokenFor('show').slice(1)}`), 'playback_token_invalid'],
    ['that of another stream', () => at(tokenFor('other')), 'playback_token_wrong_stream'],
    ['an expired one', () => at(tokenFor('show', -1_000)), 'playback_token_expired'],
    [
      'that of another network',
      () => at(tokenFor('show', 60_000, { network: '192.0.2.0/24' })),
      'playback_token_wrong_network',
    ],
    ['a JWT that nothing verifies', () => at('a.b.c'), 'playback_token_invalid'],
    [
      'one in the query of a playlist',
      () => `/live/show/main.m3u8?token=${tokenFor('show')}`,
      'playback_token_missing',
    ],
  ])('%s, playlists and media are refused by name, and no cache keeps it', async (_what, pathOf, code) => {
    const answer = await get(pathOf());
    expect([answer.status, answer.code]).toEqual([403, code]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('every kind of file is refused, and nobody learns whether the stream exists', async () => {
    const mediaUrl = await firstMediaUrl(open.url(at(tokenFor('show'))));
    const { playlist } = await fetchMedia(mediaUrl);
    const files = [playlist.segments[0]?.uri, playlist.segments[0]?.map?.uri, 'cc1.m3u8', 'cc1-1.vtt', ''];
    for (const file of files) expect((await get(`/live/show/${file}`)).status, file).toBe(403);
    expect((await get('/live/other/index.m3u8')).code).toBe('playback_token_missing');
    expect((await get(at(tokenFor('other'), 'index.m3u8', 'other'))).status).toBe(404);
  });
});

test('a token in the query of the first address leads to the path, with the other parameters', async () => {
  const token = tokenFor('show');
  for (const path of ['/live/show/index.m3u8', '/live/show.m3u8', '/hls/show/index.m3u8']) {
    const response = await fetch(open.url(`${path}?a=1&token=${token}`));
    expect([response.status, response.url]).toEqual([200, open.url(`${at(token)}?a=1`)]);
    await response.body?.cancel();
  }
  const first = await get(`/live/show/index.m3u8?token=${token}`);
  expect([first.status, first.headers.get('location'), first.headers.get('cache-control')]).toEqual([
    ...[307, `t/${token}/index.m3u8`, 'no-store'],
  ]);
  expect((await get('/live/show/index.m3u8?token=a%0d%0ab')).code).toBe('playback_token_missing');
});

test('a request that began before the expiry is answered after it', async () => {
  const token = tokenFor('show', 2_000);
  const mediaUrl = await firstMediaUrl(open.url(at(token)));
  const held = reload(mediaUrl, await fetchMedia(mediaUrl));
  // Only the clock can expire a token.
  while ((await get(at(token))).status === 200) await new Promise((resolve) => setTimeout(resolve, 50));
  source.sendUntil(12_000);
  expect((await held).text).toContain('#EXT-X-PART');
  expect((await get(at(token))).code).toBe('playback_token_expired');
});

describe('lists and the API', () => {
  test('list public streams only', async () => {
    const { streams } = JSON.parse((await get('/api/v1/streams')).text) as { streams: { name: string }[] };
    expect(streams.map(({ name }) => name)).toEqual(['free']);
    expect(open.gateway.streams().map(({ name }) => name)).toContain('show');
  });

  test('show one stream to those who may watch it', async () => {
    expect((await get('/api/v1/streams/hidden')).status).toBe(200);
    const refused = await get('/api/v1/streams/show');
    expect([refused.status, refused.code, refused.headers.get('access-control-allow-origin')]).toEqual([
      ...[403, 'playback_token_missing', '*'],
    ]);
    for (const path of [
      '/api/v1/streams/show/',
      '/API/v1/Streams/show',
      '/api/v1/streams/%73how',
      '/api/v1/streams/show?',
    ])
      expect((await get(path)).code, path).toBe('playback_token_missing');
    expect((await get(`/api/v1/streams/show?token=${tokenFor('show')}`)).status).toBe(200);
    expect((await get(`/api/v1/streams/show?token=${tokenFor('other')}`)).code).toBe(
      'playback_token_wrong_stream',
    );
  });
});

describe('pages', () => {
  test.each(['watch', 'embed'])('/%s says with its status whether the token is valid', async (page) => {
    const refused = await get(`/${page}/show`);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(refused.text).toContain('<script');
    expect((await get(`/${page}/show?token=${tokenFor('show')}`)).status).toBe(200);
    expect((await get(`/${page}/free`)).status).toBe(200);
  });

  const enter = (password: string, query = '', page = 'watch') =>
    get(`/${page}/party${query}`, { method: 'POST', body: new URLSearchParams({ password }) });

  test.each(['watch', 'embed'])(
    '/%s asks for the password, and gives a link with a token for it',
    async (page) => {
      const asked = await get(`/${page}/party`);
      expect(asked.status).toBe(403);
      expect(asked.text).toContain('<form method="post">');
      expect(asked.text).not.toContain('<script');
      expect(asked.headers.get('content-security-policy')).toContain("form-action 'self'");
      const entered = await enter(PASSWORD, '?muted=1&token=old', page);
      expect(entered.status).toBe(303);
      expect(entered.headers.get('set-cookie')).toBeNull();
      expect(entered.headers.get('cache-control')).toBe('no-store');
      const location = new URL(entered.headers.get('location') ?? '', open.url(`/${page}/party`));
      expect(location.searchParams.get('muted')).toBe('1');
      expect((await get(`${location.pathname}${location.search}`)).status).toBe(200);
    },
  );

  test.each([
    ['', 'de-AT,de;q=0.9,en;q=0.8', 'de', 'Passwort des Streams'],
    ['', 'fr, pt-PT;q=0.5', 'pt-BR', 'Senha da transmissão'],
    ['?lang=ja', 'de', 'ja', '配信のパスワード'],
    ['?lang=tlh', '', 'en', 'Password of the stream'],
  ])('ask in the language of the address or of the browser: %s %s', async (query, accepted, lang, label) => {
    const { text } = await get(`/watch/party${query}`, { headers: { 'accept-language': accepted } });
    expect(text).toContain(`<html lang="${lang}">`);
    expect(text).toContain(label);
  });

  test('refuse other methods and forms that are none', async () => {
    expect((await get('/watch/show', { method: 'POST', body: 'password=x' })).status).toBe(404);
    expect((await get('/watch/party', { method: 'POST', body: '{}' })).status).toBe(403);
    expect((await enter('x'.repeat(5_000))).status).toBe(413);
    expect(
      (await get('/watch/party', { method: 'POST', body: new URLSearchParams([['password[]', 'x']]) }))
        .status,
    ).toBe(403);
  });

  test('refuse every password after ten wrong ones from one address', async () => {
    let status = 0;
    for (let attempt = 0; attempt < 20 && status !== 429; attempt += 1)
      ({ status } = await enter(`wrong ${attempt}`));
    expect(status).toBe(429);
    const refused = await enter(PASSWORD);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '12']);
    expect(refused.text).toContain('Too many wrong passwords');
  });
});

test('a password may be stored as a hash', async () => {
  const { scryptSync } = await import('node:crypto');
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync('Zoë’s party'.normalize('NFC'), salt, 32).toString('base64url');
  const hashed = await openGateway({
    playback: { streams: { party: { password: `scrypt:${salt.toString('base64url')}:${hash}` } } },
  });
  const enter = async (password: string): Promise<number> =>
    (
      await fetch(hashed.url('/watch/party'), {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ password }),
      })
    ).status;
  expect(await enter('Zoë’s party'.normalize('NFD'))).toBe(303);
  expect(await enter('Zoe’s party')).toBe(403);
});

describe('the WebSocket', () => {
  async function connect({ httpPort } = open) {
    const socket = new WebSocket(`ws://127.0.0.1:${httpPort}/ws/v1`, 'sluice.stats.v1');
    whenDone(() => socket.terminate());
    const messages: ServerMessage[] = [];
    let taken = 0;
    socket.on('message', (data) => messages.push(JSON.parse(String(data)) as ServerMessage));
    await once(socket, 'open');
    return {
      messages,
      sub: (topic: string, name: string, token?: string) =>
        socket.send(JSON.stringify({ op: 'sub', topic, name, ...(token === undefined ? {} : { token }) })),
      next: async (op: string) => {
        for (;;) {
          const message = messages[taken];
          if (message === undefined) await once(socket, 'message');
          else taken += 1;
          if (message?.op === op) return message;
        }
      },
    };
  }

  test('gives topics of a signed stream to those with a token', async () => {
    const client = await connect();
    client.sub('status', 'show');
    expect(await client.next('error')).toMatchObject({ code: 'playback_token_missing', name: 'show' });
    client.sub('stream', 'show', tokenFor('other'));
    expect(await client.next('error')).toMatchObject({ code: 'playback_token_wrong_stream' });
    client.sub('status', 'hidden');
    expect(await client.next('status')).toMatchObject({ name: 'hidden' });
    client.sub('status', 'show', tokenFor('show'));
    expect(await client.next('status')).toMatchObject({ name: 'show' });
    client.sub('stream', 'show', tokenFor('show'));
    expect(await client.next('tick')).toMatchObject({ name: 'show' });
  });

  test('ends a topic when its token expires, and goes on with a newer one', async () => {
    const client = await connect();
    client.sub('stream', 'show', tokenFor('show', 3_000));
    expect(await client.next('tick')).toMatchObject({ name: 'show' });
    expect(await client.next('error')).toMatchObject({ code: 'playback_token_expired', name: 'show' });
    const { length } = client.messages.filter(({ op }) => op === 'tick');
    client.sub('stream', 'show', tokenFor('show'));
    await client.next('tick');
    expect(client.messages.filter(({ op }) => op === 'tick').length).toBe(length + 1);
  });

  test('ends a topic when the secret of its token is replaced', async () => {
    const folder = temporaryFolder('signed');
    const kept = await openGateway({ data: { dir: folder }, playback: { access: 'signed' } });
    const key = kept.gateway.publishKeyFor('show');
    await (await startSource(kept.rtmpPort, key)).sendUntil(1_000);
    const client = await connect(kept);
    const expiresAt = Date.now() + 60_000;
    client.sub('stream', 'show', kept.gateway.playbackToken({ name: 'show', expiresAt }));
    await client.next('tick');
    writeFileSync(path.join(folder, 'playback.json'), JSON.stringify({ format: 1, secrets: [SECRET] }));
    await kept.gateway.reload();
    expect(await client.next('error')).toMatchObject({ code: 'playback_token_invalid', name: 'show' });
  });
});

test('counts refusals by code, and viewers by the name in their token', async () => {
  const metrics = (await get('/metrics')).text;
  expect(metrics).toMatch(/sluice_http_refused_total\{code="playback_token_missing"\} [1-9]/);
  const viewers = async (): Promise<number> =>
    (JSON.parse((await get(`/api/v1/streams/show?token=${tokenFor('show')}`)).text) as { viewers: number })
      .viewers;
  const before = await viewers();
  for (const viewer of ['ann', 'bob', 'ann'])
    await get(at(tokenFor('show', 60_000, { viewer }), 'main.m3u8'));
  expect(await viewers()).toBe(before + 2);
});

test('no token, password or secret is in the log or in metrics', async () => {
  const token = tokenFor('show');
  const broken = at(`${token.slice(0, -4)}AAAA`);
  for (const path of [at(token), broken, `/watch/show?token=${token}`, `/api/v1/streams/show?token=${token}`])
    await get(path);
  await get('/watch/party', { method: 'POST', body: new URLSearchParams({ password: 'not the password' }) });
  await open.log.until((line) => line['code'] === 'playback_token_invalid');
  const told = [...open.log.texts, (await get('/metrics')).text].join('\n');
  for (const secret of [token, token.slice(0, 40), SECRET, PASSWORD, 'not the password'])
    expect(told).not.toContain(secret);
});
