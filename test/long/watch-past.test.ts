// A stream that keeps its past (`hls.dvr`): viewers go back, stay there, and return to live.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';

/** Rounds of a clip of twelve seconds: more past than any window holds. */
const PAST_ROUNDS = 4;
/** Longer than the pause after which a stream without a past returns to live. */
const LONG_PAUSE_MS = 6_000;

it('goes back into a stream that keeps its past, stays there also when playback breaks, and returns to live', async () => {
  const gateway = await startGateway({ args: ['--hls-dvr', '2m'] });
  const { page, problems } = await openPage(gateway.url('/watch/past'));
  const clip = await loadClip('plain');
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'past' });
  encoder.sendAtOnce(clip, PAST_ROUNDS);
  encoder.play(clip);
  await untilPlaying(page, { minFrames: 60 });
  const bar = page.getByRole('slider', { name: 'Position behind live' });
  await bar.waitFor();
  expect(Number(await bar.getAttribute('min'))).toBeLessThan(-30);
  const chip = page.locator('.chip');
  await page.locator('.chip[data-edge="at"]').waitFor();

  // Four steps of five seconds, with the keyboard only.
  await page.locator('.stage').focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  await page.locator('.chip[data-edge="behind"]').waitFor();
  const back = await untilVideo(page, (facts) => facts.readyState >= 3);
  await untilVideo(page, (facts) => facts.currentTime > back.currentTime + 2);
  expect(Number(await bar.inputValue())).toBeLessThan(-15);
  await screenshot(page, 'watch-dvr');

  await page.keyboard.press('k');
  const paused = await untilVideo(page, (facts) => facts.isPaused);
  await delay(LONG_PAUSE_MS);
  await page.keyboard.press('k');
  const resumed = await untilVideo(
    page,
    (facts) => !facts.isPaused && facts.currentTime > paused.currentTime,
  );
  expect(resumed.currentTime - paused.currentTime).toBeLessThan(2);

  // Until the page loads the stream again.
  const hasBroken = (): boolean =>
    problems.warnings.some((text) => text.includes('loading the stream again'));
  await page.route('**/live/past/*.m4s', (route) =>
    hasBroken() ? route.continue() : route.fulfill({ body: Buffer.alloc(4_096) }),
  );
  for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowLeft');
  await untilVideo(page, hasBroken);
  await untilPlaying(page, { minFrames: 60 });
  await page.locator('.chip[data-edge="behind"]').waitFor();
  expect(Number(await bar.inputValue())).toBeLessThan(-15);

  await page.locator('video').first().hover();
  await chip.click();
  await page.locator('.chip[data-edge="at"]').waitFor();
  const live = await videoFacts(page);
  await untilPlaying(page, { minFrames: live.decodedFrames + 30 });
});

it('plays a past whose sound begins on its way to live, and stays behind live', async () => {
  const gateway = await startGateway({ args: ['--hls-dvr', '2m'] });
  const { page, problems } = await openPage(gateway.url('/watch/late'));
  const clip = await loadClip('plain');
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'late' });
  encoder.setTrack('audio', false);
  encoder.sendAtOnce(clip, PAST_ROUNDS);
  encoder.play(clip);
  await untilPlaying(page, { minFrames: 60 });
  const bar = page.getByRole('slider', { name: 'Position behind live' });
  await bar.waitFor();
  // A page that started before all of the past was sent jumps to live first.
  await page.locator('.chip[data-edge="at"]').waitFor();
  await page.locator('.stage').focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  await page.locator('.chip[data-edge="behind"]').waitFor();
  const behindS = Number(await bar.inputValue());
  const sound = page.waitForResponse((response) => response.url().includes('/init-'));
  encoder.setTrack('audio', true);
  await sound;

  // Back to before the loaded media, while the loaded media plays on to where the sound begins.
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  const sought = await untilVideo(page, (facts) => facts.readyState >= 3);
  await untilVideo(page, (facts) => facts.readyState >= 3 && facts.currentTime !== sought.currentTime);
  await page.locator('.chip[data-edge="behind"]').waitFor();
  expect(Number(await bar.inputValue())).toBeLessThan(behindS - 10);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');

  const before = problems.warnings.length;
  await untilVideo(page, () => problems.warnings.length > before);
  await untilPlaying(page, { minFrames: 60 });
  await page.locator('.chip[data-edge="behind"]').waitFor();
  // The page continues where the sound begins, as far behind live as before.
  expect(Number(await bar.inputValue())).toBeLessThan(behindS + 10);
  expect(problems.warnings).toHaveLength(before + 1);

  const middleS = Number(await bar.inputValue());
  // Back into the run without sound, which has different tracks again.
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await untilVideo(page, () => problems.warnings.length > before + 1);
  await untilPlaying(page, { minFrames: 60 });
  expect(Number(await bar.inputValue())).toBeLessThan(middleS - 3);
  expect(problems.pageErrors).toEqual([]);
});

it('has no bar for the past of an ordinary stream', async () => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway.url('/watch/present'));
  const clip = await loadClip('plain');
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'present' });
  encoder.sendAtOnce(clip, PAST_ROUNDS);
  encoder.play(clip);
  await untilPlaying(page, { minFrames: 60 });
  expect(await page.locator('.control-seek').isVisible()).toBe(false);
});
