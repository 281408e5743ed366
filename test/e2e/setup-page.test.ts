// The set-up page while an encoder connects, is refused, and plays; and its tabs by keyboard.
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { axeViolations } from '../support/axe.ts';
import { openPage, screenshot } from '../support/browser.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { TINY_FLV } from '../unit/gateway-fixture.ts';

/** Of the chosen tab, and of the page. */
const GROUNDS = `[document.querySelector('.tab[aria-selected="true"]'), document.body].map(
  (node) => getComputedStyle(node).backgroundColor,
)`;

it('follows an encoder from the first connection to the picture, and says at once that another was refused', async () => {
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url('/?name=show'));
  const step = (id: string, state: string) => page.locator(`.step[data-step="${id}"][data-state="${state}"]`);
  await step('reachable', 'done').waitFor();
  await step('connected', 'active').waitFor();
  await page.getByText('Waiting for your encoder').first().waitFor();
  await screenshot(page, 'setup-waiting');
  const placeOfChecklist = async () => (await page.locator('.checklist').boundingBox())?.y;
  const place = await placeOfChecklist();

  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  await step('connected', 'done').waitFor();
  await step('keyFrame', 'active').waitFor();
  encoder.play(await loadClip('plain'));
  await step('keyFrame', 'done').waitFor();
  await step('playing', 'done').waitFor();
  await page.locator('.live-list [data-name="show"]').waitFor();
  // The list of live streams does not push away what the newcomer reads.
  expect(await placeOfChecklist()).toBe(place);

  const other = publishFile(TINY_FLV, gateway.rtmpUrl('show'));
  const alert = page.getByRole('alert');
  await alert.getByText('show, at').waitFor();
  await other.exited;
  expect(await alert.innerText()).toMatch(
    /refused an encoder[\s\S]*published by someone else[\s\S]*from 127\.0\.0\.1/i,
  );
  await screenshot(page, 'setup-refused');
  await page.getByRole('textbox', { name: 'Name your stream' }).fill('another');
  await alert.waitFor({ state: 'hidden' });
  await step('connected', 'active').waitFor();
  expect(await page.locator('iframe').count()).toBe(0);
  expect(problems).toMatchObject({ pageErrors: [], cspViolations: [], badResponses: [], failedRequests: [] });
});

it('has tabs for the keyboard, a code of the watch page, and a way to the dashboard', async () => {
  const gateway = await startGateway({ args: ['--http-public-url', 'https://live.example.org'] });
  const { page } = await openPage(gateway.url('/'));
  await page.getByRole('tab', { name: 'OBS Studio', selected: true }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'ffmpeg', selected: true }).waitFor();
  const panel = page.getByRole('tabpanel', { name: 'ffmpeg' });
  expect(await panel.innerText()).toContain('testsrc2');
  await page.keyboard.press('End');
  await page.getByRole('tabpanel', { name: 'Hardware & apps' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tabpanel', { name: 'OBS Studio' }).waitFor();
  await page.getByRole('img', { name: 'QR code of the watch page' }).waitFor();
  await page.emulateMedia({ forcedColors: 'active' });
  const [chosen, others] = await page.evaluate<string[]>(GROUNDS);
  expect(chosen).not.toBe(others);
  await page.emulateMedia({ forcedColors: 'none' });
  const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await ground()).toBe('rgb(244, 246, 248)');
  await page.goto(gateway.url('/?theme=dark'));
  await expect.poll(ground).toBe('rgb(11, 15, 20)');
  expect(await page.getByRole('link', { name: 'Dashboard' }).getAttribute('href')).toBe(
    gateway.url('/dashboard'),
  );
});

it('keeps the live streams in order when one begins', async () => {
  const gateway = await startGateway();
  const { page } = await openPage('about:blank');
  let names = ['b'];
  const since = new Date().toISOString();
  const entry = (name: string) => ({
    ...{ name, state: 'live', since, startedAt: since, viewers: 0 },
    ...{ watch: `watch/${name}`, hls: `live/${name}/index.m3u8` },
  });
  await page.route('**/api/v1/streams', (route) => route.fulfill({ json: { streams: names.map(entry) } }));
  await page.goto(gateway.url('/'));
  const shown = page.locator('.live-name');
  await expect.poll(() => shown.allTextContents()).toEqual(['b']);
  names = ['a', 'b', 'c'];
  await expect.poll(() => shown.allTextContents()).toEqual(['a', 'b', 'c']);
});

it('offers to test an encoder only, and has the link to its report', async () => {
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url('/?name=show&lang=de'), {
    viewport: { width: 320, height: 740 },
  });
  const choice = page.getByRole('checkbox', { name: 'Nur den Encoder testen' });
  const key = page.locator('#panel-obs .copy-text').last();
  await choice.check();
  expect(await key.textContent()).toBe('show?test=1');
  await page.getByRole('tab', { name: 'ffmpeg' }).click();
  expect(await page.getByRole('tabpanel', { name: 'ffmpeg' }).innerText()).toContain('/live/show?test=1"');
  await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show?test=1' });
  const report = page.getByRole('link', { name: 'Bericht des Tests öffnen' });
  expect(await report.getAttribute('href')).toMatch(/\/tests\/test-[\w-]+\?lang=de$/);
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await choice.uncheck();
  await report.waitFor({ state: 'hidden' });
  expect(await key.textContent()).toBe('show');
  expect(problems).toMatchObject({ pageErrors: [], cspViolations: [], badResponses: [], failedRequests: [] });
});

it('shows an operator’s things to operators only', async () => {
  const gateway = await startGateway({
    env: { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'me', token: 'a'.repeat(32) }]) },
  });
  const { page, problems } = await openPage(gateway.url('/?name=show'));
  await page.locator('.step[data-step="reachable"][data-state="done"]').waitFor();
  // With a token the visitor may be one: the dashboard asks for it.
  await page.getByRole('link', { name: 'Dashboard' }).waitFor();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  await publishFile(TINY_FLV, gateway.rtmpUrl('show')).exited;
  await page.locator('.step[data-step="connected"][data-state="done"]').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(problems).toMatchObject({ consoleErrors: [], badResponses: [] });
  encoder.end('goodbye');
});
