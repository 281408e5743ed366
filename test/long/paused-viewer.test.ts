// A paused viewer stays paused, whatever happens to the stream and the gateway. The next press of play plays what is live
// then.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { clipWidth, loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';

/** Rounds of a clip of twelve seconds: more than an ordinary playlist holds. */
const MISSED_ROUNDS = 4;
/** Longer than the page waits at a boundary between two runs. */
const AT_BOUNDARY_MS = 3_000;
const POLL_MS = 100;

it('a viewer who paused stays paused over an absence longer than the playlist, and over a change of tracks', async () => {
  const gateway = await startGateway();
  const target = { port: gateway.rtmpPort, streamName: 'away' };
  const clip = await loadClip('plain');
  const first = await ClipEncoder.publish(target);
  first.play(clip);
  const { page, problems } = await openPage(gateway.url('/watch/away'));
  await untilPlaying(page, { minFrames: 60 });
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  await untilVideo(page, ({ isPaused }) => isPaused);

  const playlist = gateway.url('/live/away/main.m3u8');
  const { lastSegment } = await listed(playlist);
  await page.route('**/live/**', (route) => route.abort());
  first.end('FIN');
  const second = await ClipEncoder.publish(target);
  second.sendAtOnce(clip, MISSED_ROUNDS);
  second.play(clip);
  while ((await listed(playlist)).firstSegment <= lastSegment + 1) await delay(POLL_MS);
  await page.unroute('**/live/**');
  await page.locator('[data-playback="waiting-for-click"]').waitFor();
  expect((await videoFacts(page)).isPaused).toBe(true);
  await page.getByRole('button', { name: 'Play the live stream' }).click();
  await untilPlaying(page, { minFrames: 60 });
  await page.locator('.chip[data-edge="at"]').waitFor();

  // At the very end of the media: the next run begins at the current position.
  second.end('FIN');
  await page.locator('[data-state="reconnecting"]').first().waitFor();
  await untilVideo(page, ({ readyState }) => readyState < 3);
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  const paused = await untilVideo(page, ({ isPaused }) => isPaused);
  const nextRun = page.waitForResponse((response) => response.url().includes('/init-'));
  const third = await ClipEncoder.publish(target);
  third.announce({ hasVideo: true, hasAudio: false });
  third.setTrack('audio', false);
  third.play(clip);
  await nextRun;
  await delay(AT_BOUNDARY_MS);
  expect(await videoFacts(page)).toMatchObject({ isPaused: true, currentTime: paused.currentTime });
  await page.keyboard.press('k');
  await untilVideo(page, () => problems.warnings.some((text) => text.includes('other tracks')));
  await untilPlaying(page, { minFrames: 60 });
  expect(problems.pageErrors).toEqual([]);
});

it('a viewer who paused before a stream ended, and then had no network, is offered the next one, and plays that', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '1s'] });
  const target = { port: gateway.rtmpPort, streamName: 'offered' };
  const first = await ClipEncoder.publish(target);
  first.play(await loadClip('plain'));
  const firstLive = await gateway.waitForLog(({ state }) => state === 'live');
  const other = await loadClip('other resolution');
  const { page, problems } = await openPage(gateway.url('/watch/offered'));
  // The page gets no message between the end of one stream and the start of the next.
  let cutLink = (): void => undefined;
  let isCut = false;
  await page.routeWebSocket(/./, (socket) => {
    cutLink = () => void socket.close();
    if (isCut) cutLink();
    else socket.connectToServer();
  });
  await page.reload();
  await untilPlaying(page, { minFrames: 60 });
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  await untilVideo(page, ({ isPaused }) => isPaused);
  first.end('goodbye');
  await page.locator('[data-state="ended"]').first().waitFor();

  isCut = true;
  cutLink();
  await page.locator('[data-link="down"]').waitFor();
  const next = await ClipEncoder.publish(target);
  next.play(other);
  await gateway.waitForLog((line) => line['state'] === 'live' && line !== firstLive);
  isCut = false;
  await page.locator('[data-playback="waiting-for-click"]').waitFor();
  expect((await videoFacts(page)).isPaused).toBe(true);
  await page.getByRole('button', { name: 'Play the live stream' }).click();
  const seen = await untilPlaying(page, { minFrames: 60 });
  expect(seen.width).toBe(clipWidth('other resolution'));
  expect(problems.pageErrors).toEqual([]);
});

/** Media sequence numbers of the oldest and the newest complete segment. */
async function listed(
  playlist: string,
): Promise<{ readonly firstSegment: number; readonly lastSegment: number }> {
  const text = await (await fetch(playlist)).text();
  const firstSegment = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
  return { firstSegment, lastSegment: firstSegment + text.split('#EXTINF').length - 2 };
}
