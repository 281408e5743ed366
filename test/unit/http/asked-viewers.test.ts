// auth.play-url: the operator's server decides who may watch, once for each viewer.
import { describe, expect, test } from 'vitest';
import type { GatewayOptions } from '../../../server/app.ts';
import { type Backend, startBackend, withJson, withStatus } from '../../support/backend.ts';
import { firstMediaUrl, listParts } from '../../support/hls-client.ts';
import { goLive, hasSegment, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';

type Asked = OpenGateway & { readonly backend: Backend };

async function openAsked(
  answer: Parameters<typeof startBackend>[0],
  auth: GatewayOptions['auth'] = {},
): Promise<Asked> {
  const backend = await startBackend(answer);
  const open = await openGateway({ auth: { playUrl: backend.url, format: 'nginx-rtmp', ...auth } });
  await goLive(open, 'show', 4_500);
  return { ...open, backend };
}

async function statusOf(open: OpenGateway, path: string, init: RequestInit = {}) {
  const response = await fetch(open.url(path), { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('a yes', () => {
  test('sends the player to an address with a token, and is asked for once', async () => {
    const { backend, ...open } = await openAsked(withStatus(200));
    const mediaUrl = await firstMediaUrl(open.url('/live/show/index.m3u8?user=anna'));
    expect(mediaUrl).toMatch(/\/live\/show\/t\/[A-Za-z0-9_-]+\/main\.m3u8$/);
    const media = await untilListed(mediaUrl, hasSegment);
    for (const { url } of listParts(media)) expect((await fetch(url)).status).toBe(200);
    expect(backend.requests).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(backend.requests[0]?.body))).toMatchObject({
      call: 'play',
      name: 'show',
      addr: '127.0.0.1',
      user: 'anna',
    });
  });

  test('for one stream does not open another one, and media without a token is refused', async () => {
    const { ...open } = await openAsked(withStatus(200));
    await goLive(open, 'other');
    const mediaUrl = await firstMediaUrl(open.url('/live/show/index.m3u8'));
    expect((await fetch(mediaUrl.replace('/show/', '/other/'))).status).toBe(403);
    const [part] = listParts(await untilListed(mediaUrl, hasSegment));
    const bare = part?.url.replace(/\/t\/[^/]+/, '') ?? '';
    expect(bare).not.toBe(part?.url);
    expect((await fetch(bare)).status).toBe(403);
  });

  test('may need a parameter that is named as that of the gateway, whose tokens are not asked about', async () => {
    const { backend, ...open } = await openAsked((request, response) => {
      const ticket = new URLSearchParams(request.body).get('token');
      response.writeHead(ticket === 'my.own-ticket' ? 200 : 403).end();
    });
    const first = (token: string) => statusOf(open, `/live/show/index.m3u8?token=${token}`);
    const { status, headers } = await first('my.own-ticket');
    expect([status, headers.get('location')]).toEqual([307, expect.stringMatching(/^t\//)]);
    expect((await first('another')).status).toBe(403);
    const own = open.gateway.playbackToken({ name: 'show', expiresAt: Date.now() + 60_000 });
    expect((await first(own)).headers.get('location')).toBe(`t/${own}/index.m3u8`);
    expect(backend.requests).toHaveLength(2);
  });

  test('lasts as long as the answer says', async () => {
    const { ...open } = await openAsked(withJson({ allowed: true, lifetime: 4_000 }), {
      format: 'ome',
      secret: 'a-secret-key-of-the-operator',
    });
    const mediaUrl = await firstMediaUrl(open.url('/live/show/index.m3u8'));
    expect((await fetch(mediaUrl)).status).toBe(200);
    await expect
      .poll(async () => (await statusOf(open, new URL(mediaUrl).pathname)).text, { timeout: 15_000 })
      .toContain('expired');
  });
});

describe('without a yes nothing plays', () => {
  test.each([
    { name: 'a no', answer: withStatus(403), status: 403, code: 'callback_refused' },
    { name: 'a fault', answer: withStatus(500), status: 503, code: 'callback_failed' },
    { name: 'an answer that is too late', answer: () => {}, status: 503, code: 'callback_timeout' },
  ])('$name', async ({ answer, status, code }) => {
    const { backend, ...open } = await openAsked(answer, { timeout: 200 });
    for (const file of ['index.m3u8', 'main.m3u8']) {
      const refused = await statusOf(open, `/live/show/${file}`);
      expect(refused.status).toBe(status);
      expect(JSON.parse(refused.text)).toMatchObject({ code });
      expect(refused.headers.get('cache-control')).toContain('no-store');
    }
    await backend.untilNoSockets();
  });

  test('a back-end that wants credentials makes the browser ask for them', async () => {
    const { ...open } = await openAsked(withStatus(401), { format: 'mediamtx' });
    const refused = await statusOf(open, '/live/show/index.m3u8');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Basic');
  });

  test('the name and password of a browser are asked about, and stand nowhere', async () => {
    const { backend, ...open } = await openAsked(
      (request, response) => {
        const { user, password } = JSON.parse(request.body) as Record<string, string>;
        response.writeHead(user === 'zoë' && password === 'hidden:word' ? 200 : 401).end();
      },
      { format: 'mediamtx' },
    );
    const withWord = (word: string, path = '/live/show/index.m3u8') => {
      const authorization = `Basic ${Buffer.from(`zoë:${word}`).toString('base64')}`;
      return statusOf(open, path, { headers: { authorization } });
    };
    expect((await withWord('hidden-wrong')).status).toBe(401);
    const { status, headers } = await withWord('hidden:word');
    expect([status, headers.get('location')]).toEqual([
      307,
      expect.stringMatching(/^t\/[\w-]+\/index\.m3u8$/),
    ]);
    // Those in the address are meant.
    expect((await withWord('hidden:word', '/live/show/index.m3u8?user=x&pass=y')).status).toBe(401);
    expect(backend.requests).toHaveLength(3);
    expect(open.log.texts.join()).not.toContain('hidden');
  });
});
