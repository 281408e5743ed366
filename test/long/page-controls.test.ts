// What a viewer sees of the controls after waiting: sound without pictures, and a stream that has ended.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying, untilVideo } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';
import { liveGateway } from '../support/watched-stream.ts';

/** Longer than controls stay visible without a movement. */
const IDLE_MS = 3_000;
/** As text: these files are checked without the types of a page. */
const BAR_OPACITY = "getComputedStyle(document.querySelector('.controls')).opacity";

it('a stream without pictures keeps its controls', async () => {
  const gateway = await startGateway();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.announce({ hasVideo: false, hasAudio: true });
  encoder.setTrack('video', false);
  encoder.play(await loadClip('plain'));
  const { page } = await openPage(gateway.url('/watch/show'));
  await untilVideo(page, ({ isPaused, currentTime }) => !isPaused && currentTime > 1);
  await page.locator('.stage[data-idle][data-audio-only]').waitFor();
  await delay(IDLE_MS);
  expect(await page.evaluate(BAR_OPACITY)).toBe('1');
  await screenshot(page, 'page-audio-only');
});

it.each([
  ['goodbye', 'The streamer has stopped', ''],
  ['FIN', 'Streamer lost connection', 'connection was lost'],
] as const)(
  'an encoder that ends by %s is told as it is, with the seconds that are left',
  async (how, held, over) => {
    const { gateway, encoder } = await liveGateway(['--stream-grace', '6s']);
    const { page } = await openPage(gateway.url('/watch/show'));
    await untilPlaying(page, { minFrames: 30 });
    encoder.end(how);
    await page.locator('.stage[data-state="reconnecting"]').waitFor();
    const seen = page.locator('.stage');
    const text = (): Promise<string> => seen.innerText();
    await expect.poll(text).toContain(held);
    const secondsLeft = async (): Promise<number> => Number(/\((\d) s\)/.exec(await text())?.[1] ?? 99);
    const first = await secondsLeft();
    await expect.poll(secondsLeft).toBeLessThan(first);
    await screenshot(page, `page-held-${how}`);
    await page
      .locator(
        '.stage[data-state="ended"][data-playback="ended"], .stage[data-state="ended"][data-playback="idle"]',
      )
      .waitFor();
    await expect.poll(text).toMatch(/Stream ended at .* · \d+ s/);
    await expect.poll(text).toContain(over);
    expect(await page.locator('.viewers').innerText()).toBe('');
    await screenshot(page, `page-ended-${how}`);
  },
);
