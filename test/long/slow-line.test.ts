// A viewer whose own line is too slow for the only quality is told so, in every look; after a minute a larger distance from live is
// offered, and the words go when the line has recovered.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeViolations } from '../support/axe.ts';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { startNetworkLine } from '../support/network-line.ts';

const LOOKS = [
  ['phone-dark', { width: 390, height: 844 }, 'dark'],
  ['phone-light', { width: 390, height: 844 }, 'light'],
  ['desktop-dark', { width: 1280, height: 800 }, 'dark'],
  ['desktop-light', { width: 1280, height: 800 }, 'light'],
  ['wall-dark', { width: 1920, height: 1080 }, 'dark'],
] as const;

/** The page in each look, one after the other. */
async function see(page: Page, what: string): Promise<void> {
  for (const [name, viewport, colorScheme] of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await screenshot(page, `watch-${what}-${name}`);
    expect(await axeViolations(page), `${what}, ${name}`).toEqual([]);
  }
}

it('a line that is too slow for the only quality is named, and nobody else is blamed', async () => {
  const gateway = await startGateway();
  const line = await startNetworkLine(gateway.httpPort);
  publish({
    url: gateway.rtmpUrl('show'),
    video: { size: '320x180', preset: 'ultrafast', bitrateKbps: 900 },
  });
  const { page, problems } = await openPage(`http://127.0.0.1:${line.port}/watch/show`);
  await untilPlaying(page, { minFrames: 60 });
  const notice = page.locator('.notice');
  expect(await notice.isHidden()).toBe(true);

  line.limit(500_000);
  await page.locator('.stage[data-line="slow"]').waitFor({ timeout: 60_000 });
  await notice.getByText('Your connection is too slow for this stream').waitFor();
  // The stream is well: it is not said to have stopped, and no button promises what cannot help yet.
  expect(await page.locator('.stage').getAttribute('data-state')).toBe('live');
  expect(await notice.getByRole('button').count()).toBe(0);
  await see(page, 'slow-line');

  const offer = notice.getByRole('button', { name: 'Play a little further behind' });
  await offer.waitFor({ timeout: 100_000 });
  await see(page, 'slow-line-offer');
  line.limit(Number.POSITIVE_INFINITY);
  await offer.click();
  await page.locator('.stage[data-latency-mode="balanced"]').waitFor();
  await notice.waitFor({ state: 'hidden' });
  await page.locator('.stage[data-line="fine"]').waitFor();
  await untilPlaying(page);
  expect(problems.pageErrors).toEqual([]);
});
