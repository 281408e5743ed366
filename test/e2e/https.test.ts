// HTTPS in a real browser: pages, playlists and media over HTTP/2, the WebSocket, and an orderly end.
import { expect, it } from 'vitest';
import { openPage, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { TEST_TLS } from '../support/http2-client.ts';

const PLAYED_FRAMES = 60;
/** Parts and playlists that the page has loaded, each. */
const LOADED = 20;

it('plays by HTTP/2, is told of changes over the same port, and the gateway ends with viewers on it', async () => {
  const gateway = await startGateway({
    args: [
      ...['--rtmp-host', '127.0.0.1', '--http-host', '127.0.0.1', '--rtmps-port', '0', '--https-port', '0'],
      ...['--tls-certificate', TEST_TLS.certificate, '--tls-key', TEST_TLS.key],
    ],
  });
  const root = `https://127.0.0.1:${gateway.ready['httpsPort']}`;
  const { page, problems } = await openPage(`${root}/watch/first`, { ignoreHTTPSErrors: true });
  await page.locator('[data-state="offline"]').first().waitFor();

  publish({ url: gateway.rtmpUrl('first'), video: { size: '640x360' } });
  // The state arrives over the WebSocket, which Chromium opens over HTTP/1.1 (RFC 8441 is not offered).
  await page.locator('[data-state="live"]').first().waitFor();
  await untilPlaying(page, { minFrames: PLAYED_FRAMES });

  const protocols = (): Promise<[string, string][]> =>
    page.evaluate<[string, string][]>(
      `performance.getEntriesByType('resource').map(({ name, nextHopProtocol }) => [name, nextHopProtocol])`,
    );
  const loaded = async (part: string): Promise<number> =>
    (await protocols()).filter(([name]) => name.includes(part)).length;
  await expect.poll(() => loaded('/live/first/part-')).toBeGreaterThan(LOADED);
  await expect.poll(() => loaded('main.m3u8?_HLS_msn')).toBeGreaterThan(LOADED);
  expect(new Set((await protocols()).map(([, protocol]) => protocol))).toEqual(new Set(['h2']));
  expect(problems.pageErrors).toEqual([]);
  expect(problems.cspViolations).toEqual([]);
  expect(problems.badResponses).toEqual([]);

  expect(await gateway.stop()).toBe(0);
});
