// A signed stream in an embed: the page around it gives the tokens.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openPage, untilPlaying, untilVideo } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { SignedGateway, tokenMessage } from '../support/signed-gateway.ts';

it('an embed gets its tokens from the page around it, and plays on when the first one expires', async () => {
  const signed = await SignedGateway.start();
  const short = await signed.links('--for', '12s');
  const { token } = await signed.links();
  const host = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${signed.gateway.url('/embed/show?autoplay=1')}" allow="autoplay" width="640" height="360"></iframe>
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
  await page.evaluate(`give(${tokenMessage(short.token)})`);
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('the iframe has no frame');
  const first = await untilPlaying(frame, { minFrames: 30 });
  await page.evaluate(`give(${tokenMessage(token)})`);
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
