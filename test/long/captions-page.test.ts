// Captions on the watch page: chosen, shown and kept through every change of the stream.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { type Clip, clipFrom } from '../../server/relay/clip-loop.ts';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { openPage, screenshot, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { activeText, untilDeclared } from '../support/captioned-page.ts';
import { makeCaptionedSource, makeUncaptionedSource } from '../support/captioned-source.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

const SOURCE_S = 60;
const POLL_MS = 100;

it('are chosen from the menu of the watch page, and hidden again', async () => {
  const gateway = await startGateway();
  publishFile(await makeCaptionedSource(SOURCE_S), gateway.rtmpUrl('cc'));
  await untilDeclared(gateway.url('/live/cc/index.m3u8'));
  const { page, problems } = await openPage(gateway.url('/watch/cc'));
  await untilPlaying(page);
  const choose = async (name: string): Promise<void> => {
    await page.locator('video').first().hover();
    await page.locator('.control-captions').click();
    await page.getByRole('menuitemradio', { name, exact: true }).click();
  };
  await untilOn(page, false);
  const button = page.getByRole('button', { name: 'Captions', exact: true });
  const focused = (): Promise<string> =>
    page.evaluate('document.activeElement.textContent || document.activeElement.ariaLabel');
  expect(await button.getAttribute('aria-pressed')).toBe(null);
  expect(await button.getAttribute('aria-haspopup')).toBe('menu');
  expect(await button.getAttribute('aria-expanded')).toBe('false');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));

  await choose('Captions');
  await untilOn(page, true);
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  await screenshot(page, 'captions-shown');
  expect(requests.some((url) => url.endsWith('.vtt'))).toBe(true);

  await choose('Captions 3');
  while (!(await activeText(page)).includes('EN ESPAÑOL')) await delay(POLL_MS);
  await page.locator('.control-captions').click();
  await screenshot(page, 'captions-menu');
  expect(await button.getAttribute('aria-expanded')).toBe('true');
  expect(await page.locator('.captions-menu [tabindex="-1"]').count()).toBe(3);
  for (const [key, name] of [
    ['ArrowUp', 'Captions'],
    ['Home', 'Off'],
    ['ArrowUp', 'Captions 3'],
    ['ArrowDown', 'Off'],
    ['End', 'Captions 3'],
  ] as const) {
    await page.keyboard.press(key);
    expect(await focused(), key).toBe(name);
  }
  await page.keyboard.press('Escape');
  expect(await page.locator('.captions-menu').isHidden()).toBe(true);
  expect(await focused()).toBe('Captions');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.locator('.captions-menu').isHidden()).toBe(true);
  expect(await focused()).toBe('Settings');

  await choose('Off');
  await untilOn(page, false);
  await page.waitForRequest((request) => request.url().includes('/part-'));
  requests.length = 0;
  for (let parts = 0; parts < 10; parts += 1)
    await page.waitForRequest((request) => request.url().includes('/part-'));
  expect(requests.filter((url) => url.endsWith('.vtt'))).toEqual([]);
  expect(problems.pageErrors).toEqual([]);
  expect(problems.consoleErrors).toEqual([]);
});

it('that begin later are there for a page that was open before, and stay chosen', async () => {
  const gateway = await startGateway();
  publishFile(await makeCaptionedSource(SOURCE_S, 16, 26), gateway.rtmpUrl('late'));
  await gateway.waitForLog(({ state }) => state === 'live');
  const { page, problems } = await openPage(gateway.url('/watch/late'));
  await untilPlaying(page);
  expect(await page.locator('.captions-control').isHidden()).toBe(true);
  await page.locator('.captions-control').waitFor({ state: 'visible' });
  await page.locator('video').first().hover();
  await page.locator('.control-captions').click();
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  await untilOn(page, true);
  const button = page.getByRole('button', { name: 'Captions', exact: true });
  expect(await button.getAttribute('aria-pressed')).toBe('true');
  await untilPlaying(page);
  // Keys work in the focused element.
  await page.keyboard.press('c');
  await untilOn(page, false);
  expect(await activeText(page)).toBe('');

  // A second channel turns the button into a menu. A choice while paused is loaded when the viewer plays.
  await page.locator('.control-captions[aria-haspopup="menu"]').waitFor();
  const choose = async (name: string): Promise<void> => {
    await page.locator('.control-captions').click();
    await page.getByRole('menuitemradio', { name, exact: true }).click();
  };
  const source = (): Promise<string> => page.evaluate('document.querySelector("video").src');
  await page.keyboard.press('k');
  const undecided = await untilVideo(page, (facts) => facts.isPaused);
  const loaded = await source();
  await choose('Captions 3');
  await choose('Captions');
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  await untilVideo(page, (facts) => facts.currentTime > undecided.currentTime + 0.5);
  expect(await source()).toBe(loaded);
  await page.keyboard.press('k');
  const paused = await untilVideo(page, (facts) => facts.isPaused);
  await choose('Captions 3');
  await untilOn(page, true);
  await page.locator('.control-captions').click();
  const checked = page.locator('.captions-menu [aria-checked="true"]');
  expect(await checked.allTextContents()).toEqual(['Captions 3']);
  await page.keyboard.press('Escape');
  expect((await videoFacts(page)).currentTime).toBe(paused.currentTime);
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  while (!(await activeText(page)).includes('EN ESPAÑOL')) await delay(POLL_MS);
  expect(await trackNames(page)).toEqual(['Captions', 'Captions 3']);
  await untilPlaying(page);
  await screenshot(page, 'captions-second-channel');
  expect(problems.pageErrors).toEqual([]);
  expect(problems.consoleErrors).toEqual([]);
});

it('stay chosen over the end of a stream, also where those of the next one begin late', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '1s'] });
  const target = { port: gateway.rtmpPort, streamName: 'next' };
  const first = await ClipEncoder.publish(target);
  first.play(await clipOf(makeCaptionedSource(SOURCE_S)));
  const { page, problems } = await openPage(gateway.url('/watch/next'));
  await untilPlaying(page);
  await page.locator('.captions-control').waitFor({ state: 'visible' });
  await page.locator('.stage').focus();
  await page.keyboard.press('c');
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  first.end('goodbye');
  await page.locator('[data-state="ended"]').first().waitFor();

  const next = await ClipEncoder.publish(target);
  next.play(await clipOf(makeUncaptionedSource(SOURCE_S)));
  await untilPlaying(page);
  expect(await trackNames(page)).toEqual([]);
  next.play(await clipOf(makeCaptionedSource(SOURCE_S)));
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  await untilOn(page, true);

  // The last stream has only the first channel, and late: it replaces the chosen one.
  await page.locator('.control-captions[aria-haspopup="menu"]').waitFor();
  await page.locator('video').first().hover();
  await page.locator('.control-captions').click();
  await page.getByRole('menuitemradio', { name: 'Captions 3', exact: true }).click();
  await page.locator('.control-captions').click();
  next.end('goodbye');
  await page.locator('[data-state="ended"]').first().waitFor();
  const last = await ClipEncoder.publish(target);
  last.play(await clipOf(makeUncaptionedSource(SOURCE_S)));
  await page.locator('.captions-control').waitFor({ state: 'hidden' });
  expect(await page.evaluate<string>('document.activeElement.className')).toBe('stage');
  await untilPlaying(page);
  last.play(await clipOf(makeCaptionedSource(SOURCE_S, 0, SOURCE_S)));
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  await untilOn(page, true);
  expect(await page.locator('.control-captions').getAttribute('aria-haspopup')).toBe(null);
  expect(problems.pageErrors).toEqual([]);
  expect(problems.consoleErrors).toEqual([]);
});

it('are loaded for a viewer behind live, also a paused one, who stays there', async () => {
  const gateway = await startGateway({ args: ['--hls-dvr', '2m'] });
  const target = { port: gateway.rtmpPort, streamName: 'behind' };
  const encoder = await ClipEncoder.publish(target);
  encoder.sendAtOnce(await clipOf(makeUncaptionedSource(SOURCE_S)), 1);
  encoder.play(await clipOf(makeUncaptionedSource(SOURCE_S)));
  const { page, problems } = await openPage(gateway.url('/watch/behind'));
  await untilPlaying(page);
  encoder.play(await clipOf(makeCaptionedSource(SOURCE_S, 0, SOURCE_S)));
  await page.locator('.captions-control').waitFor({ state: 'visible' });
  await page.locator('.stage').focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('.chip[data-edge="behind"]').waitFor();
  const bar = page.getByRole('slider', { name: 'Position behind live' });
  const behindS = Number(await bar.inputValue());
  expect(behindS).toBeLessThan(-4);
  await page.keyboard.press('c');
  while (!(await activeText(page)).includes('TWO ROWS')) await delay(POLL_MS);
  await page.locator('.chip[data-edge="behind"]').waitFor();
  expect(Math.abs(Number(await bar.inputValue()) - behindS)).toBeLessThan(2);

  // Another channel, chosen while paused at live. The publisher is away when the viewer plays on from the paused
  // position.
  await page.keyboard.press('l');
  await page.locator('.chip[data-edge="at"]').waitFor();
  encoder.play(await clipOf(makeCaptionedSource(SOURCE_S)));
  await page.locator('.control-captions[aria-haspopup="menu"]').waitFor();
  await page.keyboard.press('k');
  await page.locator('.control-captions').click();
  await page.getByRole('menuitemradio', { name: 'Captions 3', exact: true }).click();
  while (Number(await bar.inputValue()) > -4) await delay(POLL_MS);
  encoder.end('FIN');
  await page.locator('[data-state="reconnecting"]').first().waitFor();
  await page.locator('.stage').focus();
  await page.keyboard.press('k');
  await untilVideo(page, (facts) => !facts.isPaused);
  const second = await ClipEncoder.publish(target);
  second.play(await clipOf(makeCaptionedSource(SOURCE_S)));
  while (!(await activeText(page)).includes('EN ESPAÑOL')) await delay(POLL_MS);
  await page.locator('.chip[data-edge="behind"]').waitFor();
  expect(Number(await bar.inputValue())).toBeLessThan(-3);
  expect(problems.pageErrors).toEqual([]);
  expect(problems.consoleErrors).toEqual([]);
});

async function clipOf(file: Promise<string>): Promise<Clip> {
  return clipFrom(parseFlvFile(readFileSync(await file)));
}

/** The names of the video's text tracks. */
async function trackNames(page: Page): Promise<readonly string[]> {
  return page.evaluate('[...document.querySelector("video").textTracks].map(({ label }) => label)');
}

async function untilOn(page: Page, isOn: boolean): Promise<void> {
  await page.locator(`.control-captions[data-on="${isOn}"]`).waitFor();
}
