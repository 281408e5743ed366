// Preflights: requests from players on other sites are allowed, and pages on the internet can reach a gateway in a
// private network.
import { beforeAll, expect, test } from 'vitest';
import { rawGet } from '../../support/raw-get.ts';
import { type OpenGateway, openGateway } from '../gateway-fixture.ts';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway();
});

const preflight = (headers: Record<string, string>) =>
  rawGet(open.url('/live/x/main.m3u8'), { origin: 'https://elsewhere.example', ...headers }, 'OPTIONS');
const listed = (value: unknown): string[] => String(value).toLowerCase().split(/, */);

test.each([
  ['Google Cast', 'accept-encoding,content-type,range'],
  ['hls.js with CMCD headers', 'cmcd-object,cmcd-request,cmcd-session,cmcd-status'],
  ['a player behind a token', 'authorization, range'],
  ['a site with headers of its own', 'x-playback-session-id'],
])('what %s asks for is allowed', async (_who, names) => {
  const { status, headers } = await preflight({
    'access-control-request-method': 'GET',
    'access-control-request-headers': names,
  });
  expect(status).toBe(204);
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(listed(headers['access-control-allow-methods'])).toEqual(expect.arrayContaining(['get', 'head']));
  expect(listed(headers['access-control-allow-headers'])).toEqual(expect.arrayContaining(listed(names)));
  expect(headers['access-control-max-age']).toBe('86400');
  expect(headers['access-control-allow-private-network']).toBeUndefined();
  expect(listed(headers.vary)).toContain('access-control-request-headers');
});

test('without a list the known headers are allowed', async () => {
  const { headers } = await preflight({});
  expect(listed(headers['access-control-allow-headers'])).toEqual(
    expect.arrayContaining(['range', 'content-type', 'accept-encoding', 'cmcd-request']),
  );
});

test.each(['a b', 'range;x', 'x-a,,', `x-${'y'.repeat(2_000)}`])(
  'the list %j is not copied',
  async (names) => {
    const { headers } = await preflight({ 'access-control-request-headers': names });
    expect(headers['access-control-allow-headers']).not.toContain(names);
    expect(listed(headers['access-control-allow-headers'])).toContain('range');
  },
);

test('a private network is opened to a page that asks', async () => {
  const { headers } = await preflight({
    'access-control-request-method': 'GET',
    'access-control-request-private-network': 'true',
  });
  expect(headers['access-control-allow-private-network']).toBe('true');
});
