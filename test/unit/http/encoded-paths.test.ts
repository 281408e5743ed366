// Letters that are percent-encoded in a path name the same thing (RFC 3986 clause 6.2.2.2), on every route and once only.
import { beforeAll, describe, expect, test } from 'vitest';
import { pathAndQuery } from '../../../server/http/request-target.ts';
import { dialHttp, getText } from '../../support/raw-http.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { goLive, hasSegment, type OpenGateway, openGateway, untilListed } from '../gateway-fixture.ts';

test.each([
  ['/live/%77eb/index.m3u8', '/live/web/index.m3u8'],
  ['/%6Cive/%57%2d%5F%7e%31%7A/index%2Em3u8', '/live/W-_~1z/index.m3u8'],
  ['http://x/live/%77eb/a?b=%77', '/live/web/a?b=%77'],
  ['/live/web?x=%77', '/live/web?x=%77'],
  ['/%2577eb', '/%2577eb'],
  ['/%25%37%37eb', '/%2577eb'],
  ['/a%2Fb%2fc%5cd%00%20%3F%23%C3%BC', '/a%2Fb%2fc%5cd%00%20%3F%23%C3%BC'],
  ['/a/%2e%2e/.%2E/%2e/b', '/a/%2e%2e/.%2E/%2e/b'],
  ['/%2e%2e%2e/..a', '/.../..a'],
  ['/%/%7/%7g/%%377', '/%/%7/%7g/%77'],
  ['*', '*'],
  ['%2Fa', '%2Fa'],
])('the path and query of %s are %s', (target, expected) => {
  expect(pathAndQuery(target)).toBe(expected);
});

let open: OpenGateway;
let media: Record<string, string>;

beforeAll(async () => {
  open = await openGateway();
  await goLive(open, 'web');
  const { text } = await untilListed(open.url('/live/web/main.m3u8'), hasSegment);
  media = {
    'multivariant playlist': '/live/%77eb/index.m3u8',
    playlist: '/%6cive/web/main%2Em3u8',
    part: `/live/we%62/${/EXT-X-PART:.*URI="([^"]+)"/.exec(text)?.[1]?.replace('.', '%2e')}`,
  };
});

/** The bytes of the first request of a connection, which node:http reads, and of the second, which may be read without it. */
async function bothOf(path: string): Promise<readonly (readonly [status: number, body: string])[]> {
  const http = await dialHttp(open.httpPort);
  http.send(getText(path));
  await http.answers(1);
  http.send(getText(path));
  return (await http.answers(2)).map(({ status, body }) => [status, body.toString('latin1')] as const);
}

describe('what is encoded without need is found', () => {
  test.each(['multivariant playlist', 'playlist', 'part'])('%s', async (what) => {
    const path = media[what] ?? '';
    for (const [status, body] of await bothOf(path)) {
      expect(status).toBe(200);
      expect(body.length).toBeGreaterThan(20);
    }
  });

  test.each([
    ['/%77atch/%77eb', '<html'],
    ['/embed/we%62', '<html'],
    ['/api/v1/streams/%77eb', '"name":"web"'],
    ['/%61pi/v1/%73treams/web', '"name":"web"'],
    ['/metric%73', 'sluice_'],
    ['/live%7a', ''],
  ])('%s', async (path, expected) => {
    const [[status, body] = [0, '']] = await bothOf(path);
    expect(status).toBe(200);
    expect(body).toContain(expected);
  });

  test('the path of the WebSocket, whose topics are names and not encoded', async () => {
    const client = await SocketClient.open(open.url('/%77s/v1'));
    client.send({ op: 'sub', topic: 'status', name: '%77eb' });
    expect(await client.next('error')).toMatchObject({ code: 'bad_stream_name' });
    client.send({ op: 'sub', topic: 'status', name: 'web' });
    expect(await client.next('status')).toMatchObject({ name: 'web', state: 'live' });
  });
});

test.each([
  '/live/%2577eb/index.m3u8',
  '/live/%25%37%37eb/index.m3u8',
  '/live%2Fweb/index.m3u8',
  '/live/web%2Findex.m3u8',
  '/live/web%00/index.m3u8',
  '/live/other/%2e%2e/web/index.m3u8',
  '/live/other/.%2E/web/index.m3u8',
  '/assets/%2e%2e/index.html',
  '/watch%2Fweb',
  '/api/v1/streams/%2577eb',
])('%s is not found: nothing is decoded twice, and no slash or dot segment appears', async (path) => {
  for (const [status] of await bothOf(path)) expect([400, 404]).toContain(status);
});
