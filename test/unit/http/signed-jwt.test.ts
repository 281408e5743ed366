// JWTs as tokens, over HTTP and the WebSocket: their signature is checked asynchronously, the first time only.
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startBackend } from '../../support/backend.ts';
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

const connect = async ({ httpPort } = open): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${httpPort}/ws/v1`, 'sluice.stats.v1');
  whenDone(() => socket.terminate());
  await once(socket, 'message');
  return socket;
};

/** All messages up to the first with this `op`. */
async function messagesUntil(socket: WebSocket, op: string): Promise<Record<string, unknown>[]> {
  const messages: Record<string, unknown>[] = [];
  while (messages.at(-1)?.['op'] !== op) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    messages.push(JSON.parse(String(data)) as Record<string, unknown>);
  }
  return messages;
}

test('a subscription that is ended while its JWT is checked does not begin', async () => {
  const socket = await connect();
  const name = { topic: 'status', name: 'show' };
  socket.send(JSON.stringify({ op: 'sub', ...name, token: await jwt('show', 62) }));
  socket.send(JSON.stringify({ op: 'unsub', ...name }));
  // A later check ends after that one.
  socket.send(JSON.stringify({ op: 'sub', ...name, topic: 'stream', token: await jwt('show', 63) }));
  const messages = await messagesUntil(socket, 'tick');
  expect(messages.map(({ op }) => op)).toEqual(['tick']);
});

test('a WebSocket may have so many subscriptions, those whose JWT is being checked included', async () => {
  // It never answers, so that no check ends.
  const keys = await startBackend(() => {});
  const waiting = await openGateway({ playback: { jwtJwks: keys.url, access: 'signed' } });
  const socket = await connect(waiting);
  const token = [{ alg: 'RS256', kid: 'x' }, { sub: 'show', exp: 4e9 }, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  for (let at = 0; at <= 64; at += 1)
    socket.send(JSON.stringify({ op: 'sub', topic: 'status', name: `n${at}`, token }));
  expect(await messagesUntil(socket, 'error')).toMatchObject([{ code: 'too_many_subscriptions' }]);
});

test('the WebSocket subscribes when the JWT has been checked, and not for a peer that has left', async () => {
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
