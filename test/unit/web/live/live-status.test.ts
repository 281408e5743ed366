// The state of one stream for a page: which messages the player has to follow, and subscriptions that cannot be checked now.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { StatusMessage } from '../../../../server/stats/stats-message.ts';
import { type Link, LiveStatus } from '../../../../web/live/live-status.ts';
import { setToken } from '../../../../web/page/access-token.ts';
import { whenDone } from '../../../support/cleanup.ts';

// Files share their modules, and the token of a page is one module's state.
afterAll(() => void vi.resetModules());

beforeAll(() => {
  vi.stubGlobal('WebSocket', WebSocket);
});

type Sub = { readonly op: string; readonly topic: string; readonly token?: string };

const status = (change: Partial<StatusMessage> = {}): StatusMessage => ({
  ...{ op: 'status', name: 'show', state: 'live', since: 1, viewers: 1, hls: 'live/show/index.m3u8' },
  ...change,
});

/** A gateway that greets, answers each `sub` with `answers`, and the API with a status. */
async function openServer(answers: (sub: Sub) => unknown) {
  const subs: Sub[] = [];
  const peers: WebSocket[] = [];
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...status(), since: new Date(1).toISOString(), serverTime: 0 }));
  });
  new WebSocketServer({ server }).on('connection', (peer) => {
    peers.push(peer);
    peer.send(JSON.stringify({ op: 'hello', v: 1, serverTime: 0, version: '1', session: '', topics: [] }));
    peer.on('message', (data) => {
      const message = JSON.parse(String(data)) as Sub;
      if (message.op !== 'sub') return;
      subs.push(message);
      peer.send(JSON.stringify(answers(message)));
    });
  });
  server.listen(0, '127.0.0.1');
  whenDone(() => {
    for (const peer of peers) peer.terminate();
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, subs, peers };
}

/** Follows `show`; `seen` is what the page was told, in order. */
function follow(url: string) {
  const seen: (readonly [viewers: number, isNews: boolean])[] = [];
  const links: Link[] = [];
  const live = new LiveStatus({
    socketUrl: `ws://${url}/ws/v1`,
    statusUrl: `http://${url}/api/v1/streams/show`,
    name: 'show',
    topics: ['status', 'stream'],
    listener: {
      onStatus: ({ viewers }, isNews) => seen.push([viewers, isNews]),
      onTick: () => undefined,
      onDenied: () => undefined,
      onLink: (link) => links.push(link),
    },
  });
  live.open();
  return { live, seen, links };
}

test('another number of viewers is no news for the player; another state or a new connection is', async () => {
  const server = await openServer(({ topic }) => (topic === 'status' ? status() : { op: 'none' }));
  const { seen, links } = follow(server.url);
  await vi.waitFor(() => expect(seen).toEqual([[1, true]]));
  const say = (message: StatusMessage): void => server.peers.at(-1)?.send(JSON.stringify(message));
  say(status({ viewers: 2 }));
  say(status({ viewers: 3, state: 'stalled' }));
  say(status({ viewers: 4, state: 'stalled' }));
  say(status({ viewers: 5, captions: ['CC1'], state: 'stalled' }));
  say(status({ viewers: 6 }));
  await vi.waitFor(() => expect(seen.at(-1)?.[0]).toBe(6));
  expect(seen.slice(1)).toEqual([
    [2, false],
    [3, true],
    [4, false],
    [5, true],
    [6, true],
  ]);
  server.peers.at(-1)?.terminate();
  await vi.waitFor(() => expect(server.peers.length).toBe(2));
  await vi.waitFor(() => expect(links.at(-1)).toBe('socket'));
  // By HTTP in the meantime, and by the new socket: either may be the first to know.
  expect(seen.slice(6).some(([, isNews]) => isNews)).toBe(true);
});

test('a state that is asked for once by HTTP leaves the socket in use', async () => {
  const server = await openServer(({ topic }) => (topic === 'status' ? status() : { op: 'none' }));
  const { live, seen, links } = follow(server.url);
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  live.askWhy();
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(links).toEqual(['socket']);
});

test('topics that cannot be checked now are asked for once each time', async () => {
  const warnings = vi.spyOn(console, 'warn').mockReturnValue();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  whenDone(() => {
    vi.useRealTimers();
    warnings.mockRestore();
  });
  const server = await openServer(({ topic }) => ({
    ...{ op: 'error', code: 'playback_token_unchecked', message: 'later', topic, name: 'show' },
  }));
  const { live } = follow(server.url);
  const areRefused = async (count: number): Promise<void> => {
    while (warnings.mock.calls.length < count) await new Promise(setImmediate);
  };
  await areRefused(2);
  for (let retry = 1; retry <= 3; retry += 1) {
    vi.advanceTimersByTime(5_000);
    await areRefused(2 + 2 * retry);
  }
  // All that was sent before it has arrived.
  setToken('another');
  live.renew();
  while (server.subs.at(-1)?.token === undefined) await new Promise(setImmediate);
  expect(server.subs.filter(({ token }) => token === undefined).map(({ topic }) => topic)).toEqual([
    ...['status', 'stream', 'status', 'stream', 'status', 'stream', 'status', 'stream'],
  ]);
});
