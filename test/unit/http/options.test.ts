// OPTIONS of every path: what it allows, and to whom (RFC 9110 clause 9.3.7, Fetch standard clause 3.2.2).
import { beforeAll, expect, test } from 'vitest';
import { OPERATIONS } from '../../../server/api/operations.ts';
import { rawGet } from '../../support/raw-get.ts';
import { type OpenGateway, openGateway } from '../gateway-fixture.ts';

const FOREIGN = { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' };
const READ = 'GET, HEAD, OPTIONS';

let open: OpenGateway;

beforeAll(async () => {
  const streams = { closed: 'signed', party: { password: 'correct horse' } } as const;
  open = await openGateway({ playback: { secrets: ['0123456789abcdef0123456789abcdef'], streams } });
});

const ask = (path: string) => rawGet(open.url(path), FOREIGN, 'OPTIONS');

const paths = new Map<string, Set<string>>();
for (const { path, method } of OPERATIONS)
  paths.set(path, (paths.get(path) ?? new Set()).add(method.toUpperCase()));
const readable = new Set(OPERATIONS.filter(({ anyOrigin }) => anyOrigin === true).map(({ path }) => path));

test.each([...paths])('of the API: %s', async (template, methods) => {
  const path = template.replaceAll(/\{(\w+)\}/g, 'closed');
  const { status, headers, body } = await ask(`/api/v1${path}`);
  expect(status).toBe(204);
  expect(body).toHaveLength(0);
  const wanted = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  expect(headers['allow']?.split(', ').sort()).toEqual(wanted.sort());
  expect(headers['access-control-allow-origin']).toBe(readable.has(template) ? '*' : undefined);
  expect(headers['access-control-allow-methods']).toBe(readable.has(template) ? headers['allow'] : undefined);
});

test('one operation of the API may be read by pages of any origin', () => {
  expect([...readable]).toEqual(['/streams/{name}']);
});

test.each([
  ['/', READ, false],
  ['/livez', READ, false],
  ['/readyz', READ, false],
  ['/metrics', READ, false],
  ['/dashboard', READ, false],
  ['/dashboard/show', READ, false],
  ['/watch/show', READ, false],
  ['/watch/closed', READ, false],
  ['/watch/party', 'GET, HEAD, POST, OPTIONS', false],
  ['/embed/party', 'GET, HEAD, POST, OPTIONS', false],
  ['/embed/show', READ, false],
  ['/embed/show/test', READ, false],
  ['/api/v1/', READ, false],
  ['/api/v1/openapi.json', READ, false],
  ['/oembed?url=x', READ, true],
  ['/embed.js', READ, true],
  ['/assets/any.js', READ, true],
  ['/live/show/main.m3u8', READ, true],
  ['/cmcd', 'POST, OPTIONS', true],
])('of %s: %s', async (path, allow, isForAnyOrigin) => {
  const { status, headers, body } = await ask(path);
  expect([status, headers['allow'], body.length]).toEqual([204, allow, 0]);
  expect(headers['access-control-allow-origin']).toBe(isForAnyOrigin ? '*' : undefined);
});

test.each(['/nothing', '/api/v1/nothing', '/watch', '/metrics/x'])(
  'of %s: there is nothing',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);
