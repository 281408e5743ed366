// The address of the gateway's root in links that must be absolute.
import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { publicRoot } from '../../../server/http/public-root.ts';

const proxies = { has: (address: string | undefined) => address === '10.0.0.1' };

function rootOf(
  headers: IncomingHttpHeaders,
  more: { publicUrl?: string; basePath?: string; url?: string; originalUrl?: string; peer?: string } = {},
): string | undefined {
  const { publicUrl = '', basePath = '', url = '/watch/a', peer } = more;
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer ?? '192.0.2.9' });
  const request = { headers, socket, url, ...(more.originalUrl === undefined ? {} : more) };
  return publicRoot({ ...request, url }, { publicUrl, basePath, proxies });
}

test.each([
  [{ host: 'live.example' }, {}, 'http://live.example/'],
  [{ host: 'live.example:8080' }, {}, 'http://live.example:8080/'],
  [{ host: '[2001:db8::1]:8080' }, {}, 'http://[2001:db8::1]:8080/'],
  [{ ':authority': 'live.example' }, {}, 'http://live.example/'],
  [{ host: 'live.example' }, { basePath: '/tv' }, 'http://live.example/tv/'],
  [{ host: 'live.example' }, { originalUrl: '/tv/watch/a' }, 'http://live.example/tv/'],
  [{ host: 'live.example' }, { originalUrl: '/tv/%77atch/a' }, 'http://live.example/tv/'],
  [{ host: 'live.example' }, { originalUrl: '/tv/watch/a', basePath: '/tv' }, 'http://live.example/tv/'],
  [{ host: 'other.example' }, { publicUrl: 'https://live.example/tv' }, 'https://live.example/tv/'],
])('%j with %j: %s', (headers, more, expected) => {
  expect(rootOf(headers, more)).toBe(expected);
});

test('only a trusted proxy can say that its client uses TLS', () => {
  const headers = { host: 'live.example', 'x-forwarded-proto': 'https' };
  expect(rootOf(headers, { peer: '10.0.0.1' })).toBe('https://live.example/');
  expect(rootOf(headers)).toBe('http://live.example/');
});

test.each([
  'a"b',
  'a b',
  'a<b',
  'a/b',
  'user@host',
  '',
  'a:b:c',
  'a:99999',
  '999.1.1.1',
  '[::::]',
  '1.2.3.4.5',
])('%j is no host', (host) => {
  expect(rootOf({ host })).toBeUndefined();
});

test.each(['/t"v/watch/a', '/<b>/watch/a'])(
  'a mount with other characters is left out: %s',
  (originalUrl) => {
    expect(rootOf({ host: 'h' }, { originalUrl })).toBe('http://h/');
  },
);
