// The watch page is small: every file that it loads before hls.js, and all until it plays, as a browser without Brotli gets them.
import { expect, it } from 'vitest';
import { openPage, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { rawGet } from '../support/raw-get.ts';

const KB = 1_000;
const MAX_BEFORE_PLAYER = 60 * KB;
const MAX_WITH_PLAYER = 260 * KB;
const PLAYER = /^\/assets\/hls-engine-[^/]+\.js$/;
/** Media and messages depend on the stream, not on the page. */
const NOT_FILES = /^\/(?:live|api|ws|cmcd)(?:\/|$)/;

async function weightOf(gateway: GatewayProcess, file: string): Promise<number> {
  const { status, headers, body } = await rawGet(gateway.url(file), { 'accept-encoding': 'gzip' });
  const isCompressed = headers['content-encoding'] === 'gzip';
  expect([file, status, isCompressed]).toEqual([file, 200, /\.(?:js|css|svg)$/.test(file)]);
  return body.length;
}

async function weightOfAll(gateway: GatewayProcess, files: readonly string[]): Promise<number> {
  const weights = await Promise.all(files.map((file) => weightOf(gateway, file)));
  return weights.reduce((sum, weight) => sum + weight, 0);
}

it.each(['en', 'ja'])(
  'weighs at most 60 kB before hls.js, and 260 kB when it plays, in %s',
  async (locale) => {
    const gateway = await startGateway();
    publish({ url: gateway.rtmpUrl('show'), video: { size: '320x180', preset: 'ultrafast' } });
    const { page } = await openPage('about:blank', { locale });
    // In order: the document, scripts, also those of workers, styles, images, fonts.
    const files = new Set<string>();
    page.on('request', (request) => {
      const { protocol, pathname } = new URL(request.url());
      if (protocol === 'http:' && !NOT_FILES.test(pathname)) files.add(pathname);
    });
    await page.goto(gateway.url('/watch/show'));
    await untilPlaying(page, { minFrames: 30 });
    // A browser without a window does not load the icon.
    const icon = await page.evaluate<string>(
      `new URL(document.querySelector('link[rel="icon"]').href).pathname`,
    );
    files.delete(icon);
    const all = [icon, ...files];
    const player = all.findIndex((file) => PLAYER.test(file));
    expect(player, all.join('\n')).toBeGreaterThan(5);

    // What the doctor says is for operators.
    expect(
      all.filter((file) => /\/(?:doctor|gateway(?!-info)|issue-text|obs-menus|dashboard)-/.test(file)),
    ).toEqual([]);

    const before = await weightOfAll(gateway, all.slice(0, player));
    expect(before).toBeLessThan(MAX_BEFORE_PLAYER);
    expect(await weightOfAll(gateway, all)).toBeLessThan(MAX_WITH_PLAYER);
  },
);
