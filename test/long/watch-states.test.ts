// Every state of the watch page as viewers see it: on a phone, a desktop and a wall, in dark and light, with a screenshot and
// without a violation of WCAG 2.2 AA.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Look, openLooks, photograph } from '../support/watch-looks.ts';

const stageIn = (page: Page, state: string) => page.locator(`.stage[data-state="${state}"]`);

async function each(looks: readonly Look[], act: (page: Page) => Promise<unknown>): Promise<void> {
  for (const { page } of looks) await act(page);
}

it('each state of a stream can be seen and read in every look', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '20s'] });
  const looks = await openLooks(gateway.url('/watch/show'));
  const found: string[] = [];
  const see = async (state: string): Promise<unknown> => found.push(...(await photograph(looks, state)));
  await each(looks, (page) => stageIn(page, 'offline').waitFor());
  await see('offline');

  const clip = await loadClip('plain');
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  await each(looks, (page) => stageIn(page, 'connecting').waitFor());
  await see('connecting');
  encoder.play(clip);
  await each(looks, (page) => untilPlaying(page, { minFrames: 60 }));
  await each(looks, (page) => page.mouse.move(200, 150));
  await see('live');

  await each(looks, (page) => page.keyboard.press('s'));
  await each(looks, (page) => page.locator('[data-nerd="lowLatency"]', { hasText: 'Active' }).waitFor());
  await see('statistics');
  await each(looks, (page) => page.keyboard.press('s'));
  await each(looks, (page) => page.getByRole('button', { name: 'Settings' }).press('Enter'));
  await see('settings');
  await each(looks, async (page) => {
    await page.getByRole('menuitem', { name: /Captions style/ }).press('Enter');
  });
  await see('settings-captions');
  await each(looks, (page) => page.keyboard.press('Escape'));
  await each(looks, (page) => page.getByRole('menuitem', { name: /Keyboard shortcuts/ }).press('Enter'));
  await see('settings-shortcuts');
  await each(looks, async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem', { name: /Distance from live/ }).press('Enter');
  });
  await see('settings-latency');
  await each(looks, async (page) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.locator('.qr').waitFor();
  });
  await see('share-link');
  await each(looks, (page) => page.getByRole('tab', { name: 'Embed' }).click());
  await see('share-embed');
  await each(looks, (page) => page.keyboard.press('Escape'));

  encoder.end('stall');
  await each(looks, (page) => stageIn(page, 'stalled').waitFor());
  await see('stalled');
  encoder.end('FIN');
  await each(looks, (page) => stageIn(page, 'reconnecting').waitFor());
  await see('reconnecting');
  await each(looks, (page) => stageIn(page, 'ended').waitFor({ timeout: 40_000 }));
  await see('ended');
  await each(looks, (page) => page.context().setOffline(true));
  await each(looks, (page) => stageIn(page, 'viewer-offline').waitFor());
  await see('viewer-offline');
  expect(found).toEqual([]);
});

it('a stream without access, one with a password, one that cannot be decoded, and a server that is gone', async () => {
  const folder = temporaryFolder('looks');
  const file = path.join(folder, 'sluice.yaml');
  writeFileSync(
    file,
    'playback:\n  streams:\n    closed: signed\n    party: { password: "correct horse" }\n',
  );
  const gateway = await startGateway({ args: ['--config', file, '--data-dir', path.join(folder, 'data')] });
  const found: string[] = [];
  const denied = await openLooks(gateway.url('/watch/closed'));
  await each(denied, (page) => stageIn(page, 'denied').waitFor());
  found.push(...(await photograph(denied, 'denied')));
  found.push(...(await photograph(await openLooks(gateway.url('/watch/party')), 'password')));

  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  const unsupported = await openLooks('about:blank');
  await each(unsupported, async (page) => {
    await page.addInitScript('MediaSource.isTypeSupported = () => false;');
    await page.goto(gateway.url('/watch/show'));
    await stageIn(page, 'unsupported').waitFor();
  });
  found.push(...(await photograph(unsupported, 'unsupported')));
  const left = await openLooks(gateway.url('/watch/other'));
  await each(left, (page) => stageIn(page, 'offline').waitFor());
  await gateway.stop();
  await each(left, (page) => stageIn(page, 'unreachable').waitFor());
  found.push(...(await photograph(left, 'unreachable')));
  expect(found).toEqual([]);
});

it('a page with the operator’s look', async () => {
  const folder = temporaryFolder('look');
  const logo = path.join(folder, 'logo.svg');
  writeFileSync(
    logo,
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><rect width="64" height="32" rx="8" fill="#f08"/></svg>',
  );
  const gateway = await startGateway({
    args: ['--pages-accent', 'ff4fa3', '--pages-title', 'Channel Seven', '--pages-logo', logo],
  });
  const looks = await openLooks(gateway.url('/watch/show'), ['desktop-dark', 'desktop-light']);
  await each(looks, (page) => stageIn(page, 'offline').waitFor());
  expect(await photograph(looks, 'own-look')).toEqual([]);
  for (const { page, problems } of looks) {
    expect(await page.locator('.brand').innerText()).toBe('Channel Seven');
    expect(problems.cspViolations).toEqual([]);
  }
  const { page } = await openPage(gateway.url('/'));
  expect(await page.locator('.brand').innerText()).toBe('Channel Seven');
});

it('a portrait picture, one of 4:3, and a page from right to left', async () => {
  const gateway = await startGateway();
  const found: string[] = [];
  for (const [name, size] of [
    ['portrait', '180x320'],
    ['four-by-three', '320x240'],
  ] as const) {
    const encoder = publish({ url: gateway.rtmpUrl(name), video: { size, preset: 'ultrafast' } });
    const looks = await openLooks(gateway.url(`/watch/${name}`), [
      'phone-dark',
      'desktop-light',
      'wall-dark',
    ]);
    await each(looks, (page) => untilPlaying(page, { minFrames: 30 }));
    found.push(...(await photograph(looks, name)));
    await each(looks, (page) => page.evaluate('document.documentElement.dir = "rtl"'));
    await each(looks, (page) => page.getByRole('button', { name: 'Settings' }).press('Enter'));
    found.push(...(await photograph(looks, `${name}-rtl`)));
    await each(looks, (page) => page.context().close());
    await encoder.stop();
  }
  expect(found).toEqual([]);
});
