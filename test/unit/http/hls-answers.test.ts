// Every kind of answer under /live: status, headers, and the parts that never change (RFC 8216bis 6.2, RFC 9110, RFC
// 9457).
import { beforeAll, describe, expect, test } from 'vitest';
import { fetchMedia, listParts } from '../../support/hls-client.ts';
import {
  type ClipSource,
  goLive,
  hasSegment,
  type OpenGateway,
  openGateway,
  untilListed,
} from '../gateway-fixture.ts';

let open: OpenGateway;
let source: ClipSource;
let paths: { init: string; part: string; segment: string };

beforeAll(async () => {
  open = await openGateway({ hls: { hold: '300ms' } });
  source = await goLive(open, 'table', 5_000);
  const media = await untilListed(open.url('/live/table/main.m3u8'), hasSegment);
  const part = listParts(media).at(-1);
  const segment = media.playlist.segments.find(({ uri }) => uri !== '');
  paths = {
    init: new URL(part?.mapUrl ?? '').pathname,
    part: new URL(part?.url ?? '').pathname,
    segment: `/live/table/${segment?.uri}`,
  };
});

const PLAYLIST = {
  'content-type': 'application/vnd.apple.mpegurl',
  'cache-control': 'public, max-age=0, s-maxage=1',
  vary: 'Accept-Encoding',
  'content-encoding': null,
  'access-control-allow-origin': '*',
};
const MEDIA = {
  'content-type': 'video/mp4',
  'cache-control': 'public, max-age=31536000, immutable',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'accept-ranges': 'bytes',
  'content-encoding': null,
};
const PROBLEM = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
};
type Row = readonly [string, () => string, RequestInit, number, Readonly<Record<string, string | null>>];
/** fetch requests its own codings, and hides which one it received. */
const GET: RequestInit = { headers: { 'accept-encoding': 'identity' } };

const TABLE: readonly Row[] = [
  ['multivariant playlist', () => '/live/table/index.m3u8', GET, 200, PLAYLIST],
  ['media playlist', () => '/live/table/main.m3u8', GET, 200, PLAYLIST],
  ['media playlist with a query of somebody else', () => '/live/table/main.m3u8?x=1&x=2', GET, 200, PLAYLIST],
  ['init segment', () => paths.init, GET, 200, MEDIA],
  ['part', () => paths.part, GET, 200, MEDIA],
  ['segment', () => paths.segment, GET, 200, MEDIA],
  ['unknown file', () => '/live/table/part-x-1.m4s', GET, 404, PROBLEM],
  ['no file', () => '/live/table', GET, 404, PROBLEM],
  ['empty file', () => '/live/table/', GET, 404, PROBLEM],
  ['a deeper path', () => '/live/table/a/b', GET, 404, PROBLEM],
  ['unknown stream', () => '/live/nobody/index.m3u8', GET, 404, PROBLEM],
  ['a name that cannot be', () => '/live/no%20body/index.m3u8', GET, 404, PROBLEM],
  ['a name of the object prototype', () => '/live/__proto__/index.m3u8', GET, 404, PROBLEM],
  ['beyond reach', () => '/live/table/main.m3u8?_HLS_msn=999999999999', GET, 400, PROBLEM],
  [
    'POST',
    () => '/live/table/index.m3u8',
    { method: 'POST' },
    405,
    { ...PROBLEM, allow: 'GET, HEAD, OPTIONS' },
  ],
  ['DELETE', () => paths.part, { method: 'DELETE' }, 405, { ...PROBLEM, allow: 'GET, HEAD, OPTIONS' }],
  [
    'preflight',
    () => paths.part,
    { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } },
    204,
    {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-credentials': null,
    },
  ],
  ...(
    [
      ['/live/table.m3u8', 'table/index.m3u8'],
      ['/live/table.m3u8?a=1&b=%20', 'table/index.m3u8?a=1&b=%20'],
      ['/hls/table.m3u8', '../live/table/index.m3u8'],
      ['/hls/table/index.m3u8', '../../live/table/index.m3u8'],
    ] as const
  ).map(
    ([from, location]): Row => [
      `alias ${from}`,
      () => from,
      GET,
      307,
      { location, 'cache-control': 'no-store', 'access-control-allow-origin': '*' },
    ],
  ),
  ['an alias of a bad name', () => '/hls/no.body.m3u8', GET, 404, PROBLEM],
  ['an alias of a media file', () => '/hls/table/main.m3u8', GET, 404, PROBLEM],
];

test.each(TABLE)('%s', async (_what, path, init, status, headers) => {
  const response = await fetch(open.url(path()), { redirect: 'manual', ...init });
  const body = Buffer.from(await response.arrayBuffer());
  expect(response.status).toBe(status);
  for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name), name).toBe(value);
  expect(response.headers.get('x-powered-by')).toBeNull();
  if (status === 200) expect(response.headers.get('content-length')).toBe(String(body.length));
  if (status < 400) return;
  expect(JSON.parse(body.toString())).toMatchObject({
    type: 'about:blank',
    status,
    title: expect.any(String),
  });
});

test.each(TABLE.filter(([, , init]) => init === GET))('HEAD of %s', async (_what, path, _init, status) => {
  const [got, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => fetch(open.url(path()), { ...GET, redirect: 'manual', method })),
  );
  await got?.arrayBuffer();
  expect(head?.status).toBe(status);
  expect(await head?.text()).toBe('');
  for (const name of ['content-type', 'content-length', 'cache-control', 'location']) {
    expect(head?.headers.get(name), name).toBe(got?.headers.get(name));
  }
});

test('aliases lead to the playlist', async () => {
  for (const alias of ['/live/table.m3u8', '/hls/table.m3u8', '/hls/table/index.m3u8']) {
    const response = await fetch(open.url(alias));
    expect(response.url).toBe(open.url('/live/table/index.m3u8'));
    expect(await response.text()).toContain('#EXT-X-STREAM-INF');
  }
});

test('a hold that cannot be met is 503 with Retry-After, and no playlist', async () => {
  const { playlist } = await fetchMedia(open.url('/live/table/main.m3u8'));
  const next = (playlist.segments.at(-1)?.mediaSequenceNumber ?? 0) + 1;
  const response = await fetch(open.url(`/live/table/main.m3u8?_HLS_msn=${next}`));
  expect(response.status).toBe(503);
  for (const [name, value] of Object.entries(PROBLEM)) expect(response.headers.get(name), name).toBe(value);
  expect(response.headers.get('retry-after')).toBe('1');
});

test('the bytes of a segment are those of its parts, in order', async () => {
  source.sendUntil(9_000);
  const { playlist } = await untilListed(
    open.url('/live/table/main.m3u8'),
    ({ segments }) => segments.filter(({ uri }) => uri !== '').length >= 3,
  );
  const whole = playlist.segments.filter((segment) => segment.uri !== '' && segment.parts.length > 0);
  expect(whole.length).toBeGreaterThan(0);
  for (const segment of whole) {
    const [joined, ...parts] = await Promise.all(
      [segment.uri, ...segment.parts.map(({ uri }) => uri)].map(async (uri) =>
        Buffer.from(await (await fetch(open.url(`/live/table/${uri}`))).arrayBuffer()),
      ),
    );
    expect(Buffer.concat(parts).equals(joined ?? Buffer.alloc(0))).toBe(true);
  }
});

describe('delivery directives', () => {
  const last = async (): Promise<{ msn: number; parts: number }> => {
    const { playlist } = await fetchMedia(open.url('/live/table/main.m3u8'));
    const segment = playlist.segments.at(-1);
    return {
      msn: segment?.mediaSequenceNumber ?? 0,
      parts: segment?.parts.filter((part) => !part.hint).length ?? 0,
    };
  };

  test.each([
    '_HLS_msn=-1',
    '_HLS_msn=1e9',
    '_HLS_msn=9007199254740992',
    '_HLS_msn=18446744073709551616',
    '_HLS_msn=0x10',
    '_HLS_msn=',
    '_HLS_msn=1.5',
    '_HLS_msn=%201',
    '_HLS_msn=1&_HLS_msn=2',
    '_HLS_msn=1&_HLS_part=',
    '_HLS_msn=1&_HLS_part=-1',
    '_HLS_msn=1&_HLS_part=1&_HLS_part=2',
    '_HLS_part=1',
    '_HLS_msn[]=1&_HLS_part=0',
  ])('%s is refused at once', async (query) => {
    const response = await fetch(open.url(`/live/table/main.m3u8?${query}`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ title: 'Bad delivery directive' });
  });

  test('too far ahead is refused, near ahead is held', async () => {
    const { msn, parts } = await last();
    const status = async (query: string) => (await fetch(open.url(`/live/table/main.m3u8?${query}`))).status;
    expect(await status(`_HLS_msn=${msn + 4}`)).toBe(400);
    expect(await status(`_HLS_msn=${msn}&_HLS_part=${parts + 100}`)).toBe(400);
    expect(await status(`_HLS_msn=${msn + 1}`)).toBe(503);
  });

  test('a past position gets what there is', async () => {
    const { msn } = await last();
    for (const query of ['_HLS_msn=0', `_HLS_msn=${msn - 1}`, `_HLS_msn=${msn - 2}&_HLS_part=0`]) {
      const response = await fetch(open.url(`/live/table/main.m3u8?${query}`));
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('#EXT-X-PART-INF');
    }
  });

  test('many parameters of others are read as text and passed over', async () => {
    const query = Array.from({ length: 1_000 }, (_, at) => `a${at}=`).join('&');
    const response = await fetch(open.url(`/live/table/main.m3u8?${query}&__proto__[x]=1&_HLS_msn=0`));
    expect(response.status).toBe(200);
    const longer = await fetch(open.url(`/live/table/main.m3u8?${query.repeat(3)}`));
    expect(longer.status).toBe(431);
  });
});
