// hls.js with a playlist of minutes: it reloads by compressed delta updates (RFC 8216bis 6.2.5.1), also after a
// publisher's loss and return, and does not request faster while nothing arrives.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

const PUSH = { video: { size: '320x180', gop: 30 } } as const;
/** The Skip Boundary is 12 s before the end when segments last a second. */
const BEFORE_SKIPS_S = 20;
const AWAY_MS = 4_000;
const WATCHED_AFTER_S = 25;
/**
 * Requests while the publisher is away: the one in flight is refused, hls.js asks again after half a second, and that
 * request is held until the publisher returns. The page also requests when the stream's state changes.
 */
const MAX_AWAY_REQUESTS = 20;

it('plays over delta updates, through a discontinuity that is skipped later', async () => {
  const gateway = await startGateway({ args: ['--hls-dvr', '5m', '--hls-segment', '1s'] });
  const url = gateway.rtmpUrl('past');
  const first = publish({ url, ...PUSH });
  await gateway.waitForLog((line) => line['state'] === 'live');
  const { page, problems } = await openPage(gateway.url('/watch/past'));
  const reloads: { readonly atMs: number; readonly isDelta: boolean; readonly coding: string }[] = [];
  page.on('response', async (response) => {
    if (!response.url().includes('main.m3u8')) return;
    const atMs = performance.now();
    // When a page closes, its last answers are lost.
    const coding = (await response.headerValue('content-encoding').catch(() => null)) ?? 'identity';
    const text = await response.text().catch(() => '');
    reloads.push({ atMs, isDelta: text.includes('#EXT-X-SKIP:'), coding });
  });
  const begun = await untilPlaying(page);
  await delay(BEFORE_SKIPS_S * 1000);
  const before = await videoFacts(page);
  expect(before.currentTime - begun.currentTime).toBeGreaterThan(BEFORE_SKIPS_S - 2);
  expect(reloads.some(({ isDelta }) => isDelta)).toBe(true);

  await first.kill();
  const lostAtMs = performance.now();
  await delay(AWAY_MS);
  expect(reloads.filter(({ atMs }) => atMs > lostAtMs).length).toBeLessThan(MAX_AWAY_REQUESTS);
  publish({ url, ...PUSH });
  const back = await untilVideo(
    page,
    ({ currentTime }) => currentTime > before.currentTime + AWAY_MS / 1000 + 2,
  );
  await delay(WATCHED_AFTER_S * 1000);
  const after = await videoFacts(page);
  expect(after.currentTime - back.currentTime).toBeGreaterThan(WATCHED_AFTER_S - 2);
  // Chromium offers br on secure connections and on loopback, otherwise gzip.
  expect(reloads.at(-1)).toMatchObject({ isDelta: true, coding: expect.stringMatching(/^(br|gzip)$/) });
  expect(problems.pageErrors).toEqual([]);
});
