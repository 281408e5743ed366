// JWTs as tokens, over HTTP and the WebSocket: their signature is checked asynchronously, the first time only.
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { whenDone } from '../../support/cleanup.ts';
import { goLive, type OpenGateway, openGateway } from '../gateway-fixture.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway({ playback: { jwtSecret: SECRET, access: 'signed' } });
  await goLive(open, 'show');
});

const jwt = (sub: string, lastsS = 60): Promise<string> =>
  new SignJWT({ sub, exp: Math.floor(Date.now() / 1000) + lastsS })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

const statusOf = async (path: string): Promise<number> => (await fetch(open.url(path))).status;

test('a JWT opens playlists, the API and pages of its stream', async () => {
  const token = await jwt('show');
  // Several at once, before its signature is known.
  const all = await Promise.all(
    Array.from({ length: 20 }, () => statusOf(`/live/show/t/${token}/index.m3u8`)),
  );
  expect(new Set(all)).toEqual(new Set([200]));
  for (const path of ['/live/show/index.m3u8', '/watch/show', '/embed/show', '/api/v1/streams/show'])
    expect(await statusOf(`${path}?token=${await jwt('show', 61)}`), path).toBe(200);
});

test('a JWT of another stream, an expired and an altered one open nothing', async () => {
  for (const token of [await jwt('other'), await jwt('show', -1), `${await jwt('show')}x`]) {
    for (const path of [
      `/live/show/t/${token}/index.m3u8`,
      `/watch/show?token=${token}`,
      `/api/v1/streams/show?token=${token}`,
    ])
      expect(await statusOf(path), path).toBe(403);
  }
});

test('the WebSocket subscribes when the JWT has been checked, and not for a peer that has left', async () => {
  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${open.httpPort}/ws/v1`, 'sluice.stats.v1');
    whenDone(() => socket.terminate());
    await once(socket, 'message');
    return socket;
  };
  const sub = async (sub: string): Promise<string> =>
    JSON.stringify({ op: 'sub', topic: 'status', name: 'show', token: await jwt(sub) });
  const left = await connect();
  left.send(await sub('show'));
  left.terminate();
  const socket = await connect();
  socket.send(await sub('other'));
  const [refused] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(String(refused))).toMatchObject({ op: 'error', code: 'playback_token_wrong_stream' });
  socket.send(await sub('show'));
  const [status] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(String(status))).toMatchObject({ op: 'status', name: 'show' });
});

test('a publish key that somebody enters as a name is not logged', async () => {
  const key = 'sk_abcdefghijklmnopqrstuvwxyz';
  for (const path of [`/live/${key}/index.m3u8`, `/watch/${key}`, `/api/v1/streams/${key}`])
    expect(await statusOf(path)).toBe(403);
  await open.log.until((line) => line['code'] === 'playback_token_missing');
  expect(open.log.texts.join('\n')).not.toContain(key);
});
