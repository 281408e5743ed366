// What a viewer does with the player: sound that autoplay withheld, clicks, keys, and correct texts.
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { liveGateway } from '../support/watched-stream.ts';

/** Longer than the player waits for a second click. */
const SETTLED_MS = 400;

let live: GatewayProcess;

beforeAll(async () => {
  live = (await liveGateway()).gateway;
});

/** The middle of the picture. */
async function pictureAt(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('video').boundingBox();
  if (box === null) throw new Error('the video is not shown');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

it('an embed that plays by itself says that it is silent; the first click brings the sound and pauses nothing', async () => {
  const { page } = await openPage(live.url('/embed/show?autoplay=1'));
  await untilPlaying(page, { minFrames: 30 });
  const sound = page.getByRole('button', { name: 'Tap for sound' });
  await sound.waitFor();
  await screenshot(page, 'page-tap-for-sound');
  const { x, y } = await pictureAt(page);
  await page.mouse.click(x, y);
  await sound.waitFor({ state: 'hidden' });
  await delay(SETTLED_MS);
  expect(await videoFacts(page)).toMatchObject({ isMuted: false, isPaused: false });
  await page.mouse.click(x, y);
  await untilVideo(page, ({ isPaused }) => isPaused);
});

it('a double click fills the screen once and pauses nothing', async () => {
  const { page } = await openPage(live.url('/watch/show'));
  await untilPlaying(page, { minFrames: 30 });
  await page.evaluate(`window.changes = 0; window.pauses = 0;
    document.addEventListener('fullscreenchange', () => { window.changes += 1; });
    document.querySelector('video').addEventListener('pause', () => { window.pauses += 1; });`);
  const { x, y } = await pictureAt(page);
  await page.mouse.dblclick(x, y);
  await expect.poll(() => page.evaluate('document.fullscreenElement?.className')).toBe('stage');
  await delay(SETTLED_MS);
  expect(await page.evaluate('[window.changes, window.pauses]')).toEqual([1, 0]);
});

it('keys work on a fresh watch page, Space does not scroll, and the volume is kept', async () => {
  const { page } = await openPage(live.url('/watch/show'), { viewport: { width: 900, height: 500 } });
  await untilPlaying(page, { minFrames: 30 });
  await page.keyboard.press('Space');
  await untilVideo(page, ({ isPaused }) => isPaused);
  expect(await page.evaluate('window.scrollY')).toBe(0);
  await page.keyboard.press('k');
  await untilVideo(page, ({ isPaused }) => !isPaused);
  await page.keyboard.press('m');
  await untilVideo(page, ({ isMuted }) => isMuted);
  await page.keyboard.press('m');
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
  const volume = (): Promise<number> => page.evaluate<number>("document.querySelector('video').volume");
  expect(await volume()).toBeCloseTo(0.7);
  await page.keyboard.press('f');
  await expect.poll(() => page.evaluate('document.fullscreenElement?.className')).toBe('stage');
  await page.keyboard.press('f');
  await page.reload();
  await untilPlaying(page, { minFrames: 30 });
  expect(await volume()).toBeCloseTo(0.7);

  const keySwitch = async () => {
    await page.getByRole('button', { name: 'Settings' }).press('Enter');
    await page.getByRole('menuitem', { name: /Keyboard shortcuts/ }).press('Enter');
    return page.getByRole('menuitemcheckbox', { name: 'Use single keys' });
  };
  await (await keySwitch()).press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await page.locator('body').press('m');
  expect(await videoFacts(page)).toMatchObject({ isPaused: false, isMuted: false });
  await page.reload();
  await untilPlaying(page, { minFrames: 30 });
  expect(await (await keySwitch()).getAttribute('aria-checked')).toBe('false');
});

it('keys in an embed work while the player has the focus only', async () => {
  const { page } = await openPage(live.url('/embed/show?autoplay=1'));
  await untilPlaying(page, { minFrames: 30 });
  await page.keyboard.press('k');
  expect(await videoFacts(page)).toMatchObject({ isPaused: false });
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  await untilVideo(page, ({ isPaused }) => isPaused);
});

it('a gateway that stops says so, also to a page whose player does not learn of the end in time', async () => {
  const { gateway } = await liveGateway();
  const [{ page }, { page: late }] = [
    await openPage(gateway.url('/watch/show')),
    await openPage(gateway.url('/watch/show')),
  ];
  await untilPlaying(page, { minFrames: 30 });
  await untilPlaying(late, { minFrames: 30 });
  await late.route('**/*.m3u8*', (route) => route.abort());
  await gateway.stop();
  for (const told of [page, late])
    await expect
      .poll(() => told.locator('.stage').innerText(), { timeout: 15_000 })
      .toContain('The server was stopped');
  await screenshot(page, 'page-server-stopped');
});
