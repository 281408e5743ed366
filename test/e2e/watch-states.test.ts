// One scene through the states of the watch page with a real ffmpeg: what each says, that nothing in it breaks WCAG 2.2 AA, and
// the player's menus by keyboard.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeViolations } from '../support/axe.ts';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

/** Every state with its words, also those that last only for moments. As text: these files are checked without page types. */
const RECORDER = `
  window.seenStates = {};
  new MutationObserver(() => {
    const stage = document.querySelector('.stage');
    const state = stage?.dataset.state;
    if (state !== undefined) window.seenStates[state] ??= stage.querySelector('[role="status"][aria-live]').textContent;
  }).observe(document, { subtree: true, attributes: true, childList: true });
`;
const SMALL = { size: '320x240', preset: 'ultrafast' } as const;

async function stateOf(page: Page, state: string): Promise<void> {
  await page.locator(`.stage[data-state="${state}"]`).waitFor();
  expect(await axeViolations(page), state).toEqual([]);
  await screenshot(page, `state-${state}`);
}

const nerd = (page: Page, key: string) => page.locator(`[data-nerd="${key}"]`).innerText();

it('says what happens, whose fault it is and what comes next, from before the start until after the end', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '4s'] });
  const { page, problems } = await openPage(gateway.url('/watch/show?stats=1'));
  await page.context().addInitScript(RECORDER);
  await page.reload();
  await stateOf(page, 'offline');
  expect(await nerd(page, 'lowLatency')).toBe('Not playing yet');
  await page.getByRole('button', { name: 'Tell me when it starts' }).waitFor();

  const encoder = publish({ url: gateway.rtmpUrl('show'), video: SMALL });
  await untilPlaying(page, { minFrames: 30 });
  expect(await page.title()).toBe('● LIVE show');
  await expect.poll(() => nerd(page, 'lowLatency')).toContain('Active');
  expect(await nerd(page, 'picture')).toContain('320 × 240');
  expect(await nerd(page, 'load')).toMatch(/^Part of \d+ kB for 0\.\d+ s/);
  await page.keyboard.press('s');
  await menusByKeyboard(page);
  await shareDialog(page);
  await stateOf(page, 'live');
  // The stage has the shape of the picture: 4:3.
  const box = await page.locator('.stage').boundingBox();
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(4 / 3, 1);

  encoder.child.kill('SIGSTOP');
  await stateOf(page, 'stalled');
  encoder.child.kill('SIGKILL');
  await stateOf(page, 'reconnecting');
  // "(3 s)" is not broken between two lines of a phone.
  const wrapOfTime = `getComputedStyle(document.querySelector('.banner .state-time')).whiteSpace`;
  expect(await page.evaluate(wrapOfTime)).toBe('nowrap');
  await stateOf(page, 'ended');
  await page.locator('.last-picture').waitFor();
  await page.context().setOffline(true);
  await stateOf(page, 'viewer-offline');
  await page.context().setOffline(false);
  await page.locator('.stage[data-state="ended"]').waitFor();
  const said = await page.evaluate<Readonly<Record<string, string>>>('window.seenStates');
  expect(said).toMatchObject({
    offline: 'Not live yet. This page starts by itself.',
    stalled: expect.stringContaining('The streamer’s connection is slow'),
    reconnecting: 'Streamer lost connection. Holding your place.',
    ended: expect.stringMatching(/^Stream ended at .* · \d+ s\. The streamer’s connection was lost/),
    'viewer-offline': expect.stringContaining('Your device is offline'),
  });
  expect(said['connecting'] ?? said['starting']).toBe('Starting…. Waiting for the first picture.');
  expect(problems.cspViolations).toEqual([]);
  expect(problems.pageErrors).toEqual([]);
});

/** The settings: arrows move, Right opens, Escape goes back and closes, and the focus returns to the button. */
async function menusByKeyboard(page: Page): Promise<void> {
  const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent');
  await page.getByRole('button', { name: 'Settings' }).press('Enter');
  await expect.poll(focused).toContain('Quality');
  expect(await axeViolations(page), 'settings').toEqual([]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const mode = (name: string) => page.getByRole('menuitemradio', { name: new RegExp(`^${name}`) });
  await mode('Low').waitFor();
  expect(await mode('Low').getAttribute('aria-checked')).toBe('true');
  await mode('Stable').press('Enter');
  await page.locator('.stage[data-latency-mode="stable"]').waitFor();
  await mode('Low').press('Enter');
  await page.keyboard.press('Escape');
  await expect.poll(focused).toContain('Distance from live');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  expect(await axeViolations(page), 'shortcuts').toEqual([]);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'hidden' });
  expect(await page.evaluate('document.activeElement.title')).toBe('Settings');
}

async function shareDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('img', { name: 'QR code of the link to show' }).waitFor();
  expect(await axeViolations(page), 'share').toEqual([]);
  await page.getByRole('tab', { name: 'Link' }).press('ArrowRight');
  await page.getByRole('checkbox', { name: 'Start by itself' }).check();
  const code = page.locator('.embed-builder .copy-text');
  expect(await code.innerText()).toContain('/embed/show?autoplay=1"');
  await page.getByRole('checkbox', { name: 'Without sound' }).uncheck();
  expect(await code.innerText()).toContain('autoplay=1&amp;muted=0');
  const preview = page.frameLocator('.embed-preview iframe');
  await preview.locator('.stage').waitFor();
  expect(await axeViolations(page), 'embed builder').toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('.embed-preview iframe').waitFor({ state: 'detached' });
}

it('a codec that the browser lacks has advice', async () => {
  const gateway = await startGateway();
  publish({ url: gateway.rtmpUrl('show'), video: SMALL });
  await gateway.waitForLog((line) => line['stream'] === 'show' && line['state'] === 'live');
  const { page } = await openPage('about:blank');
  await page.addInitScript('MediaSource.isTypeSupported = () => false;');
  await page.goto(gateway.url('/watch/show'));
  await stateOf(page, 'unsupported');
  expect(await page.locator('.card-detail').innerText()).toContain('Try Chrome, Edge, Firefox or Safari.');
});
