// The layout and accessibility of the pages: portrait pictures, forced colours, larger text, names and landmarks; and the
// addresses that they show.
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { liveGateway } from '../support/watched-stream.ts';

/** As text: these files are checked without the types of a page. */
const DRAWN_WIDTH = `(() => {
  const video = document.querySelector('video');
  const box = video.getBoundingClientRect();
  return Math.min(box.width, (box.height * video.videoWidth) / video.videoHeight);
})()`;

async function style(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate<string>(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)}))[${JSON.stringify(property)}]`,
  );
}

let live: GatewayProcess;

beforeAll(async () => {
  live = (await liveGateway()).gateway;
});

async function livePage(path: string): Promise<Page> {
  const { page } = await openPage(live.url(path));
  await untilPlaying(page, { minFrames: 30 });
  return page;
}

it('a portrait picture is wide on a phone', async () => {
  const gateway = await startGateway();
  publish({ url: gateway.rtmpUrl('show'), video: { size: '360x640' } });
  const { page } = await openPage(gateway.url('/watch/show'), { viewport: { width: 390, height: 844 } });
  await untilPlaying(page, { minFrames: 30 });
  await expect.poll(() => page.evaluate<number>(DRAWN_WIDTH)).toBeGreaterThan(300);
  await screenshot(page, 'page-portrait-phone');
});

it('on a phone a long name has a line of its own, and a short one is beside the state and the button', async () => {
  const { page } = await openPage(live.url('/watch/none'), { viewport: { width: 360, height: 800 } });
  const middle = async (selector: string): Promise<number> => {
    const { y = Number.NaN, height = 0 } = (await page.locator(selector).boundingBox()) ?? {};
    return y + height / 2;
  };
  const offline = page.locator('.heading .pill[data-state="offline"]');
  await offline.waitFor();
  expect(await middle('.heading .action')).toBeCloseTo(await middle('.heading h1'), 0);
  await page.goto(live.url(`/watch/${'a-conference-in-2026-'.repeat(3)}`));
  await offline.waitFor();
  expect((await page.locator('.heading h1').boundingBox())?.width).toBeGreaterThan(300);
  expect(await middle('.heading .action')).toBeCloseTo(await middle('.heading .pill'), 0);
});

it('in forced colours the bar stands on a ground of its own', async () => {
  const page = await livePage('/watch/show');
  await page.emulateMedia({ forcedColors: 'active' });
  await page.mouse.move(400, 300);
  expect(await style(page, '.controls', 'backgroundColor')).not.toMatch(/rgba\(.*, 0\)|transparent/);
  await screenshot(page, 'page-forced-colours');
});

it('text follows the size that the reader has set in the browser', async () => {
  const page = await livePage('/watch/show');
  expect(await style(page, '.viewers', 'fontSize')).toBe('16px');
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: 24 } });
  await expect.poll(() => style(page, '.viewers', 'fontSize')).toBe('24px');
});

it('the chip’s name is what it shows', async () => {
  const page = await livePage('/watch/show');
  const chip = page.getByRole('button', { name: 'LIVE', exact: true });
  await chip.waitFor();
  expect(await chip.getAttribute('title')).toContain('Playing live');
});

it('the embed has a main landmark and a heading', async () => {
  const page = await livePage('/embed/show?autoplay=1');
  expect(await page.locator('main').count()).toBe(1);
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('show');
  const box = await page.locator('.stage').boundingBox();
  expect(box).toEqual({ x: 0, y: 0, width: 1280, height: 800 });
});

it('links to share are the public address where one is set', async () => {
  const gateway = await startGateway({
    args: [
      '--http-public-url',
      'https://live.example.org',
      '--rtmp-public-url',
      'rtmp://in.example.org/live',
    ],
  });
  const { page } = await openPage(gateway.url('/watch/show'));
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText('https://live.example.org/watch/show', { exact: true }).waitFor();
  await page.goto(gateway.url('/'));
  await page.getByText('https://live.example.org/watch/mystream', { exact: true }).waitFor();
  await page.locator('.copy-text', { hasText: 'rtmp://in.example.org/live' }).first().waitFor();
  expect(await page.locator('body').innerText()).not.toContain('127.0.0.1');
});

it('links to share that lead to this machine only say so', async () => {
  const gateway = await startGateway({ args: ['--rtmp-host', '127.0.0.1'] });
  const { page } = await openPage(gateway.url('/watch/show'));
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText('These links work on this machine only').waitFor();
});

it('a page speaks the language of the browser, or of its address', async () => {
  const gateway = await startGateway();
  const { page: german, problems } = await openPage(gateway.url('/watch/show'), { locale: 'de-DE' });
  await german.getByText('Noch nicht live').first().waitFor();
  expect(await german.locator('html').getAttribute('lang')).toBe('de');
  expect(await german.locator('html').getAttribute('dir')).toBe('ltr');
  await german.goto(gateway.url('/?lang=ja'));
  await german.getByRole('heading', { name: 'エンコーダーを接続' }).waitFor();
  expect(await german.locator('html').getAttribute('lang')).toBe('ja');
  await german.goto(gateway.url('/dashboard?lang=zh-TW'));
  await german.getByRole('link', { name: '控制台' }).waitFor();
  await german.goto(gateway.url('/embed/show?lang=tlh'));
  await german.getByText('Noch nicht live').first().waitFor();
  expect([...problems.pageErrors, ...problems.cspViolations, ...problems.failedRequests]).toEqual([]);
});

it('links between the pages keep the language of the address, and links to share do not', async () => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway.url('/?lang=ja'));
  const target = (selector: string) => page.locator(selector).first().getAttribute('href');
  for (const selector of ['.brand', '.top-link', '.viewer-buttons a', '.viewer-buttons .button-quiet'])
    await expect.poll(() => target(selector)).toMatch(/[?]lang=ja$/);
  for (const text of await page.locator('.viewer-lines .copy-text').allInnerTexts())
    expect(text).not.toContain('lang=');
  await page.goto(gateway.url('/watch/show?lang=ja'));
  await page.locator('.heading .action').click();
  expect(await page.locator('.share-lines .copy-text').first().innerText()).not.toContain('lang=');
  await page.locator('.tab').nth(1).click();
  await page.locator('#embed-language').selectOption('de');
  expect(await page.locator('.embed-builder .copy-text').innerText()).toContain('/embed/show?lang=de"');
  await page.frameLocator('.embed-preview iframe').getByText('Noch nicht live').first().waitFor();
  await page.goto(gateway.url('/embed/show?lang=es'));
  expect(await target('.embed-link')).toMatch(/\/watch\/show[?]lang=es$/);
});
