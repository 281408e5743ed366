// Signed streams with a real encoder and real players: Chromium and ffmpeg, from the link of `sluice token` to the expiry.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying, untilVideo } from '../support/browser.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { PASSWORD, SignedGateway, tokenMessage } from '../support/signed-gateway.ts';

let signed: SignedGateway;
let gateway: GatewayProcess;

beforeAll(async () => {
  signed = await SignedGateway.start();
  gateway = signed.gateway;
});

/** The title of the card over the picture. */
const card = (page: Page, text: string) => page.locator('.card-title', { hasText: text });

it('the watch page plays with the link, and says that there is no access without it', async () => {
  const { watch } = await signed.links('--for', '2h');
  const { page, problems } = await openPage(watch);
  expect(await untilPlaying(page, { minFrames: 60 })).toMatchObject({ width: 320 });
  expect({ ...problems, warnings: [] }).toMatchObject({
    badResponses: [],
    pageErrors: [],
    cspViolations: [],
  });
  const { page: denied } = await openPage(gateway.url('/watch/show'));
  await card(denied, 'No access').waitFor();
  const { page: other } = await openPage(`${watch}x`);
  await card(other, 'This link does not work').waitFor();
  await screenshot(denied, 'signed-denied');
});

it('the page says that access has expired while it plays, and goes on with another token', async () => {
  const { watch } = await signed.links('--for', '15s');
  const { page } = await openPage(watch);
  await untilPlaying(page, { minFrames: 60 });
  await card(page, 'Access has expired').waitFor();
  await screenshot(page, 'signed-expired');
  const { token } = await signed.links();
  const before = await untilVideo(page, () => true);
  await page.evaluate(`postMessage(${tokenMessage(token)})`);
  await page.locator('[data-state="live"]').first().waitFor();
  await untilPlaying(page, { minFrames: before.decodedFrames + 60 });
});

it('a password is exchanged for a link, also without script', async () => {
  const { page } = await openPage(gateway.url('/watch/party'));
  await page.getByLabel('Password of the stream').fill('wrong password');
  await page.getByRole('button').click();
  await page.getByText('The password is wrong.').waitFor();
  await screenshot(page, 'signed-password');
  await page.getByLabel('Password of the stream').fill(PASSWORD);
  await page.getByRole('button').click();
  await untilPlaying(page, { minFrames: 30 });
  const token = new URL(page.url()).searchParams.get('token') ?? '';
  expect(token).not.toBe('');
  signed.secrets.push(token, 'wrong password');
});

it('ffmpeg reads the signed playlist to its media, also by the redirect of a query', async () => {
  const { hls, token } = await signed.links();
  for (const url of [hls, gateway.url(`/live/show/index.m3u8?token=${token}`)]) {
    const words = ['-v', 'error', '-i', url, '-t', '2', '-c', 'copy', '-f', 'framecrc', '-'];
    const { stdout } = await promisify(execFile)('ffmpeg', words);
    expect(stdout.split('\n').filter((line) => line.startsWith('0,')).length).toBeGreaterThan(20);
  }
  await expect(
    promisify(execFile)('ffmpeg', [
      '-v',
      'error',
      '-i',
      gateway.url('/live/show/index.m3u8'),
      '-f',
      'null',
      '-',
    ]),
  ).rejects.toThrow('403');
});

it('no token and no password is in the log, in metrics, or in lists', async () => {
  const told = [JSON.stringify(gateway.logs)];
  for (const each of ['/', '/metrics', '/api/v1/streams', '/api/v1/info'])
    told.push(await (await fetch(gateway.url(each))).text());
  expect(signed.secrets.length).toBeGreaterThan(5);
  for (const secret of signed.secrets) expect(told.join('\n')).not.toContain(secret);
  expect(told.join('\n')).toContain('playback_token_expired');
});
