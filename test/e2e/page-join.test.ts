// A page that joins while the newest segment closes: no part may be skipped, and a part that never arrives stops nothing.
import type { Page, Route } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage, untilPlaying } from '../support/browser.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

const NAME = 'joined';
/** The last of ten parts: two seconds between key frames, 0.2 s each. */
const LAST_PART = 9;
/** The parts of two more segments. */
const ENOUGH_PARTS = 20;

/** The part numbers of the page's requests, in order. */
function recordParts(page: Page): number[] {
  const numbers: number[] = [];
  page.on('requestfinished', (request) => {
    const [, number] = /part-\w+-(\d+)\.m4s$/.exec(request.url()) ?? [];
    if (number !== undefined) numbers.push(Number(number));
  });
  return numbers;
}

async function watchedStream() {
  const gateway = await startGateway();
  publish({
    url: `rtmp://127.0.0.1:${gateway.rtmpPort}/live/${NAME}`,
    video: { size: '640x360', rate: 30, gop: 60, preset: 'ultrafast' },
  });
  const { page } = await openPage(gateway.url(`/watch/${NAME}`));
  await untilPlaying(page, { minFrames: 120 });
  return { page, parts: recordParts(page) };
}

/** The playlist at the moment when the open segment has all its parts but the last. */
async function fulfillNearlyClosed(route: Route): Promise<void> {
  const response = await route.fetch();
  const text = await response.text();
  const [, first = '0'] = /#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text) ?? [];
  const closed = text.match(/#EXTINF:/g)?.length ?? 0;
  const url = new URL(route.request().url());
  url.searchParams.set('_HLS_msn', String(Number(first) + closed + 1)); // the open segment may be nearly closed already
  url.searchParams.set('_HLS_part', String(LAST_PART - 1));
  await route.fulfill({ response: await route.fetch({ url: url.href }) });
}

it('loads every part of a segment that is closed while the page loads its first parts', async () => {
  const { page, parts } = await watchedStream();
  let isClosed = false;
  await page.route('**/main.m3u8*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    if (!query.has('_HLS_msn')) {
      parts.length = 0; // requested by the page before
      return fulfillNearlyClosed(route);
    }
    // The segment is closed once all its listed parts have been loaded.
    if (!isClosed) await expect.poll(() => parts.length).toBeGreaterThanOrEqual(LAST_PART);
    if (query.get('_HLS_part') === '0') isClosed = true;
    return route.continue();
  });
  await page.reload();
  await expect.poll(() => parts.length, { timeout: 60_000 }).toBeGreaterThan(ENOUGH_PARTS);
  const loaded = [...parts].sort((one, other) => one - other);
  const gaps = loaded.filter((number, at) => at > 0 && number !== (loaded[at - 1] ?? 0) + 1);
  expect(gaps).toEqual([]);
});
