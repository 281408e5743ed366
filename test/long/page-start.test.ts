// What a page does between the playlist and the first media of a source, however long that takes.
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';

/** Each is held until the next part exists: together they take two seconds, in which the page often checks its source. */
const PLAYLISTS = 10;

/** Records for each seek how many ranges are buffered. */
const SEEK_LOG = `
  window.__seeks = [];
  document.addEventListener('seeking', ({ target }) => window.__seeks.push(target.buffered.length), true);
`;

it('leaves the position to the start until there is media to play', async () => {
  const gateway = await startGateway();
  const { page } = await openPage(gateway.url('/watch/late'));
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'late' });
  encoder.play(await loadClip('plain'));
  await untilPlaying(page, { minFrames: 200 }); // so much that position 0 is far behind live
  await page.addInitScript(SEEK_LOG);
  let playlists = 0;
  page.on('response', (response) => {
    if (response.url().includes('main.m3u8')) playlists += 1;
  });
  await page.route('**/init-*', async (route) => {
    await expect.poll(() => playlists).toBeGreaterThanOrEqual(PLAYLISTS);
    await route.continue();
  });
  await page.reload();
  await untilPlaying(page, { minFrames: 30 });
  const seeks = await page.evaluate<readonly number[]>('window.__seeks');
  expect(seeks.filter((ranges) => ranges === 0)).toEqual([]);
});
