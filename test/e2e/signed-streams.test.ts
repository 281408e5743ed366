// Signed streams with a real encoder and real players: Chromium and ffmpeg, from the link of `sluice token` to the expiry.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying, untilVideo } from '../support/browser.ts';
import { whenDone, whenFileDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { CHECKOUT, type GatewayProcess, MAIN_FILE, startGateway } from '../support/gateway-process.ts';

const SMALL = { size: '320x180' };
const PASSWORD = 'correct horse';

let gateway: GatewayProcess;
let args: string[];
/** Everything that must be in no output of the gateway. */
const secrets = [PASSWORD];

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-signed-'));
  whenFileDone(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'sluice.yaml');
  writeFileSync(file, `playback:\n  streams:\n    show: signed\n    party: { password: "${PASSWORD}" }\n`);
  args = ['--config', file, '--data-dir', path.join(folder, 'data')];
  gateway = await startGateway({ args: [...args, '--log-level', 'debug'] });
  for (const name of ['show', 'party']) publish({ url: gateway.rtmpUrl(name), video: SMALL });
  for (const name of ['show', 'party'])
    await gateway.waitForLog((line) => line['stream'] === name && line['state'] === 'live');
});

/** The links of `sluice token show …`. */
async function links(...options: readonly string[]): Promise<{ token: string; watch: string; hls: string }> {
  const words = [MAIN_FILE, 'token', 'show', ...options, ...args, '--http-port', String(gateway.httpPort)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: CHECKOUT });
  const found = (pattern: RegExp): string => pattern.exec(stdout)?.[1] ?? '';
  const token = found(/^([A-Za-z0-9_-]{50,})$/m);
  secrets.push(token);
  const onLoopback = (url: string): string => gateway.url(new URL(url).pathname + new URL(url).search);
  return {
    token,
    watch: onLoopback(found(/^Watch +(\S+)$/m)),
    hls: onLoopback(found(/^HLS +(\S+)$/m)),
  };
}

/** The title of the card over the picture. */
const card = (page: Page, text: string) => page.locator('.card-title', { hasText: text });
const messageWith = (token: string): string =>
  JSON.stringify({ context: 'sluice', method: 'setToken', value: token });

it('the watch page plays with the link, and says that there is no access without it', async () => {
  const { watch } = await links('--for', '2h');
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
  const { watch } = await links('--for', '15s');
  const { page } = await openPage(watch);
  await untilPlaying(page, { minFrames: 60 });
  await card(page, 'Access has expired').waitFor();
  await screenshot(page, 'signed-expired');
  const { token } = await links();
  const before = await untilVideo(page, () => true);
  await page.evaluate(`postMessage(${messageWith(token)})`);
  await page.locator('[data-state="live"]').first().waitFor();
  await untilPlaying(page, { minFrames: before.decodedFrames + 60 });
});

it('an embed gets its tokens from the page around it, and plays on when the first one expires', async () => {
  const short = await links('--for', '12s');
  const { token } = await links();
  const host = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${gateway.url('/embed/show?autoplay=1')}" allow="autoplay" width="640" height="360"></iframe>
      <script>
        const iframe = document.querySelector('iframe');
        addEventListener('message', ({ source, data }) => {
          if (source === iframe.contentWindow && data.context === 'sluice') document.title = data.event + ' ' + data.value.code;
        });
        function give(message) { iframe.contentWindow.postMessage(message, '*'); }
      </script>`);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  whenDone(() => void host.close());
  const { page } = await openPage(`http://localhost:${(host.address() as AddressInfo).port}/`);
  await expect.poll(() => page.title()).toBe('denied playback_token_missing');
  await page.evaluate(`give(${messageWith(short.token)})`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no frame');
  const first = await untilPlaying(frame, { minFrames: 30 });
  await page.evaluate(`give(${messageWith(token)})`);
  // The first token expires meanwhile.
  await expect
    .poll(async () => (await fetch(short.hls)).status, { timeout: 30_000, interval: 500 })
    .toBe(403);
  const later = await untilVideo(frame, ({ currentTime }) => currentTime > first.currentTime + 12, {
    timeoutMs: 60_000,
  });
  expect(later.decodedFrames).toBeGreaterThan(first.decodedFrames);
  expect(await page.title()).toBe('denied playback_token_missing');
  expect(await frame.locator('[data-state="denied"]').count()).toBe(0);
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
  secrets.push(token, 'wrong password');
});

it('ffmpeg reads the signed playlist to its media, also by the redirect of a query', async () => {
  const { hls, token } = await links();
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
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(told.join('\n')).not.toContain(secret);
  expect(told.join('\n')).toContain('playback_token_expired');
});
