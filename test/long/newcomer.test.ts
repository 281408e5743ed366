// A newcomer's way, on a desktop and on a phone: the set-up page, its own command for ffmpeg, the checklist, the watch page, the share
// dialog and the playground. Every page on the way is photographed and judged by axe-core.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeViolations } from '../support/axe.ts';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';
import { startProcess } from '../support/running-process.ts';
import { VIEWPORTS } from '../support/watch-looks.ts';

it.each(['desktop', 'phone'] as const)(
  'a newcomer on a %s comes from the set-up page to a picture',
  async (device) => {
    const gateway = await startGateway({ args: ['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1'] });
    const { page, problems } = await openPage(gateway.url('/'), { viewport: VIEWPORTS[device] });
    const see = async (on: Page, what: string): Promise<void> => {
      await screenshot(on, `newcomer-${device}-${what}`);
      expect(await axeViolations(on), what).toEqual([]);
    };
    await page.getByText('Waiting for your encoder').first().waitFor();
    await see(page, '1-setup');
    await page.getByRole('tab', { name: 'ffmpeg' }).click();
    const command = await page.locator('.copy-text', { hasText: 'testsrc2' }).innerText();
    const encoder = startProcess('sh', ['-c', `exec ${command}`]);
    encoder.child.stdout.resume();
    await page.locator('.step[data-step="playing"][data-state="done"]').waitFor();
    await see(page, '2-playing');

    const [watch] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Watch mystream' }).click(),
    ]);
    await untilPlaying(watch, { minFrames: 30 });
    await see(watch, '3-watch');
    await watch.getByRole('button', { name: 'Share' }).click();
    await watch.locator('.qr').waitFor();
    await see(watch, '4-share');
    await watch.getByRole('tab', { name: 'Embed' }).click();
    await watch.frameLocator('.embed-preview iframe').locator('.big-play').waitFor();
    await see(watch, '5-embed');

    const [playground] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Try the embed' }).click(),
    ]);
    await playground.getByText(/^Ready: \d+ methods/).waitFor();
    await playground.getByRole('button', { name: 'Call play' }).click();
    await untilPlaying(playground.frames()[1] ?? playground, { minFrames: 10 });
    await see(playground, '6-playground');
    await encoder.stop('SIGINT');
    expect(problems.pageErrors).toEqual([]);
  },
);
