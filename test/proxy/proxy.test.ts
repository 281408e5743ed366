// A caching proxy as in docs/proxy.md: many players cause one request for each part at the gateway, and pictures play.
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { writePlaybackToken } from '../../server/access/playback-token.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { askHttp2, connectHttp2 } from '../support/http2-client.ts';
import { type ProxiedRequest, startNginx } from './nginx.ts';

const PLAYERS = 20;
const SIGNED_PLAYERS = 100;
const SETTLING_MS = 5_000;
const WATCHED_MS = 25_000;
const HOLD_BACK = ['--hls-hold-back', '7'];

/** A low-latency player without a picture: blocking reloads, and every part in them. */
async function follow(url: string, until: number): Promise<void> {
  const session = await connectHttp2(Number(new URL(url).port));
  const folder = new URL('.', url).pathname;
  const seen = new Set<string>();
  let query = '';
  while (Date.now() < until) {
    const text = String((await askHttp2(session, `${folder}main.m3u8${query}`)).body);
    const parts = [...text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].map(([, uri = '']) => uri);
    const fresh = (query === '' ? parts.slice(-1) : parts).filter((uri) => !seen.has(uri));
    for (const uri of parts) seen.add(uri);
    await Promise.all(fresh.map((uri) => askHttp2(session, `${folder}${uri}`)));
    query = `?${nextPosition(text)}`;
  }
  session.destroy();
}

/** The position of the part after the last one listed (RFC 8216bis clause 6.2.5.2). */
function nextPosition(text: string): string {
  const msn = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]) + (text.match(/#EXTINF/g)?.length ?? 0);
  const tail = text.slice(text.lastIndexOf('#EXTINF'));
  return `_HLS_msn=${msn}&_HLS_part=${tail.match(/#EXT-X-PART:/g)?.length ?? 0}`;
}

const isPart = ({ uri }: ProxiedRequest): boolean => uri.includes('/part-');
const isBlocking = ({ query }: ProxiedRequest): boolean => query.includes('_HLS_msn');
const resourceOf = ({ uri, query }: ProxiedRequest): string => `${uri}?${query}`;

/** Requests of players and of the proxy for each resource, and the duration of a blocked playlist request. */
function figures(requests: readonly ProxiedRequest[], of: (request: ProxiedRequest) => boolean) {
  const asked = requests.filter((request) => of(request) && request.status === 200);
  const resources = new Set(asked.map(resourceOf)).size;
  const sorted = asked.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return {
    resources,
    players: (asked.length / resources).toFixed(2),
    gateway: (asked.filter(({ isForwarded }) => isForwarded).length / resources).toFixed(2),
    medianMs: Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 1000),
    p95Ms: Math.round((sorted[Math.floor(sorted.length * 0.95)] ?? 0) * 1000),
  };
}

const asDocumented = (text: string): string => text;
const withoutLocks = (text: string): string => text.replaceAll('proxy_cache_lock on;', '');
const withoutPlaylistLock = (text: string): string => {
  const at = text.lastIndexOf('proxy_cache_lock on;');
  return text.slice(0, at) + text.slice(at).replace('proxy_cache_lock on;', '');
};

it.each([
  ['as documented', asDocumented, HOLD_BACK],
  ['as documented, with the default hold-back', asDocumented, []],
  ['with no lock on playlists', withoutPlaylistLock, HOLD_BACK],
  ['with no lock at all', withoutLocks, []],
])('%s, a page plays beside twenty players', async (what, adjust, args) => {
  const gateway = await startGateway({
    args: ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1', ...args],
  });
  const nginx = await startNginx(gateway.httpPort, adjust);
  publish({ url: gateway.rtmpUrl('first'), video: { size: '640x360' } });
  const { page } = await openPage(nginx.url('/watch/first'), { ignoreHTTPSErrors: true });
  // The state arrived over the WebSocket, through the proxy.
  await page.locator('[data-state="live"]').first().waitFor();
  await untilPlaying(page, { minFrames: 60 });
  const players = Array.from({ length: PLAYERS }, () =>
    follow(nginx.url('/live/first/main.m3u8'), Date.now() + WATCHED_MS),
  );
  // Twenty TLS handshakes and a player's first seconds are not part of the measurement.
  await setTimeout(SETTLING_MS);
  const begun = await videoFacts(page);
  await Promise.all(players);
  const seen = await videoFacts(page);
  const played = seen.currentTime - begun.currentTime;
  const ahead = (seen.buffered.at(-1)?.[1] ?? 0) - seen.currentTime;
  const requests = nginx.requests();
  process.stdout.write(
    `${what}: ${JSON.stringify({
      parts: figures(requests, isPart),
      blocking: figures(requests, isBlocking),
      page: {
        playedS: played.toFixed(1),
        stalls: seen.stalls - begun.stalls,
        stallsBefore: begun.stalls,
        bufferedS: ahead.toFixed(2),
      },
    })}\n`,
  );
  expect(Number(figures(requests, isPart).players)).toBeGreaterThan(PLAYERS / 2);
  if (what === 'as documented') {
    expect(Number(figures(requests, isPart).gateway)).toBeLessThan(1.05);
    expect(Number(figures(requests, isBlocking).gateway)).toBeLessThan(1.05);
    expect(seen.stalls).toBe(begun.stalls);
  }
  await untilVideo(page, (facts) => facts.currentTime > seen.currentTime);
});

it('a hundred viewers with one token cause one request for each part', async () => {
  const secret = 'a-secret-of-thirty-two-characters';
  const gateway = await startGateway({
    args: [
      '--rtmp-host',
      '127.0.0.1',
      '--http-host',
      '127.0.0.1',
      '--playback-access',
      'signed',
      ...HOLD_BACK,
    ],
    env: { SLUICE_PLAYBACK_SECRETS: secret },
  });
  const nginx = await startNginx(gateway.httpPort);
  publish({ url: gateway.rtmpUrl('first'), video: { size: '320x180' } });
  await gateway.waitForLog(({ stream, state }) => stream === 'first' && state === 'live');
  const token = writePlaybackToken(secret, { name: 'first', expiresAt: Date.now() + 600_000 });
  const url = nginx.url(`/live/first/t/${token}/main.m3u8`);
  const until = Date.now() + WATCHED_MS;
  await Promise.all(Array.from({ length: SIGNED_PLAYERS }, () => follow(url, until)));
  const parts = figures(nginx.requests(), isPart);
  process.stdout.write(
    `signed: ${JSON.stringify({ parts, blocking: figures(nginx.requests(), isBlocking) })}\n`,
  );
  expect(parts.resources).toBeGreaterThan(20);
  expect(Number(parts.players)).toBeGreaterThan(SIGNED_PLAYERS / 2);
  expect(Number(parts.gateway)).toBe(1);
  // Without the token the cache gives nothing, and no refusal is kept.
  const session = await connectHttp2(Number(new URL(url).port));
  const [part] = nginx.requests().filter(isPart);
  const file = part?.uri.split('/').at(-1);
  for (const path of [`/live/first/${file}`, `/live/first/t/x/${file}`, '/live/first/main.m3u8'])
    for (let time = 0; time < 2; time += 1)
      expect(await askHttp2(session, path)).toMatchObject({ status: 403 });
  const refused = nginx.requests().filter(({ status }) => status === 403);
  expect(refused).toHaveLength(6);
  expect(refused.every(({ isForwarded }) => isForwarded)).toBe(true);
});

it('a playlist is renewed after its second, has no Age, and is not used when the gateway is gone', async () => {
  const gateway = await startGateway({ args: ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1'] });
  const nginx = await startNginx(gateway.httpPort);
  const session = await connectHttp2(Number(new URL(nginx.url('/')).port));
  publish({ url: gateway.rtmpUrl('aged'), video: { size: '320x180' } });
  await gateway.waitForLog(({ stream, state }) => stream === 'aged' && state === 'live');
  const ask = (query = '') => askHttp2(session, `/live/aged/main.m3u8${query}`);
  const first = await ask();
  expect(first).toMatchObject({ status: 200 });
  expect(first.headers).not.toHaveProperty('age');
  const position = `?${nextPosition(String(first.body))}`;
  const waited = await ask(position);
  while (String((await ask()).body) === String(first.body)) await setTimeout(50);
  const asked = nginx.requests().filter(({ uri, query }) => uri.endsWith('main.m3u8') && query === '-');
  expect(asked.filter(({ isForwarded }) => isForwarded).length).toBeGreaterThanOrEqual(2);
  expect(asked.filter(({ isForwarded }) => !isForwarded).length).toBeGreaterThanOrEqual(1);
  await gateway.stop('SIGKILL');
  // What was kept for its time is given for its time: a position for a minute, the newest playlist for a second.
  expect(await ask(position)).toMatchObject({ status: 200, body: waited.body });
  while ((await ask()).status === 200) await setTimeout(50);
  expect(await ask()).toMatchObject({ status: 502 });
});

it('errors are not kept, and what the gateway says of a name is what everybody hears', async () => {
  const gateway = await startGateway({ args: ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1'] });
  const nginx = await startNginx(gateway.httpPort);
  const session = await connectHttp2(Number(new URL(nginx.url('/')).port));
  expect(await askHttp2(session, '/live/later/index.m3u8')).toMatchObject({ status: 404 });
  publish({ url: gateway.rtmpUrl('later'), video: { size: '640x360' } });
  while ((await askHttp2(session, '/live/later/index.m3u8')).status !== 200) await setTimeout(200);
  expect(await askHttp2(session, '/watch/later')).toMatchObject({ status: 200 });
  expect(await askHttp2(session, '/live/later/main.m3u8?_HLS_msn=1&_HLS_msn=2')).toMatchObject({
    status: 400,
  });
});
