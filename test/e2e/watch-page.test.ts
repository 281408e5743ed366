// Embedded players, and a watch page whose publisher comes back.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openPage, screenshot, untilPlaying, videoFacts } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { NO_PROBLEMS } from '../support/watched-stream.ts';

it.each([
  ['an iframe', ''],
  ['a sandboxed iframe, whose origin is "null",', 'sandbox="allow-scripts"'],
])('plays inside %s of another site', async (what, attributes) => {
  const gateway = await startGateway();
  const host = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<iframe src="${gateway.url('/embed/first?autoplay=1')}" ${attributes} allow="autoplay; fullscreen" width="640" height="360"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  whenDone(() => void host.close());
  publish({ url: gateway.rtmpUrl('first'), video: { size: '640x360' } });

  const { port } = host.address() as AddressInfo;
  const { page, problems } = await openPage(`http://localhost:${port}/`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no frame');
  const seen = await untilPlaying(frame, { minFrames: 60 });
  expect(seen.width).toBe(640);
  await screenshot(page, what.includes('sandbox') ? 'embed-sandboxed' : 'embed');
  // Warnings say that playback was repaired. watch-steadily.test.ts, which runs alone, allows none.
  expect({ ...problems, badResponses: [], consoleErrors: [], warnings: [] }).toEqual(NO_PROBLEMS);
});

it('is loading, and as late as nothing, until its first picture', async () => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway.url('/watch/first'));
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/*.m4s', async (route) => {
    await released;
    await route.continue();
  });
  await page.evaluate(
    `document.addEventListener('waiting', () => document.body.setAttribute('data-has-waited', ''), true)`,
  );
  publish({ url: gateway.rtmpUrl('first'), video: { size: '320x180' } });
  await page.locator('body[data-has-waited]').waitFor();
  const stage = page.locator('.stage');
  expect(await stage.getAttribute('data-playback')).toBe('loading');
  await page.locator('.stage[data-state="live"]').waitFor();
  expect(await stage.getAttribute('data-playback')).toBe('loading');
  expect(await stage.getAttribute('data-latency-ms')).toBeNull();
  expect(await page.locator('.chip-number').textContent()).toBe('');
  release();
  await page.locator('.stage[data-playing="true"]').waitFor();
  await page.locator('.stage[data-latency-ms]').waitFor();
});

it('goes on by itself when the publisher comes back', async () => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway.url('/watch/again'));
  const first = publish({ url: gateway.rtmpUrl('again'), video: { size: '640x360' } });
  await untilPlaying(page, { minFrames: 60 });
  await first.kill();
  await page.locator('[data-state="reconnecting"]').first().waitFor();

  publish({ url: gateway.rtmpUrl('again'), video: { size: '640x360' } });
  await page.locator('[data-state="live"]').first().waitFor();
  const returned = await videoFacts(page);
  await untilPlaying(page, { minFrames: returned.decodedFrames + 90 });
});
