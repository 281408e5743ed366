// What a page does when its media is damaged in transit: one repair, and a new load when the repair has no effect, always
// by itself.
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying, untilVideo, videoFacts } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';

const DAMAGED = Buffer.alloc(4_096);

async function watch() {
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url('/watch/damaged'));
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'damaged' });
  encoder.play(await loadClip('plain'));
  await untilPlaying(page, { minFrames: 60 });
  const hasWarned = (text: string): boolean => problems.warnings.some((warning) => warning.includes(text));
  return { page, problems, hasWarned };
}

it('plays on in the same source once what it is given can be decoded again', async () => {
  const { page, problems, hasWarned } = await watch();
  const asked: string[] = [];
  await page.route('**/live/damaged/*.m4s', (route) => {
    if (hasWarned('repairing')) return route.continue();
    asked.push(route.request().url());
    return route.fulfill({ body: DAMAGED });
  });
  await untilVideo(page, () => hasWarned('repairing'));
  const before = await videoFacts(page);
  await untilPlaying(page, { minFrames: before.decodedFrames + 60 });
  expect(problems.warnings).toHaveLength(1);
  const times = [...new Set(asked)].map((url) => asked.filter((each) => each === url).length);
  expect(Math.max(...times), 'requests for the same part').toBeLessThan(10);
});

it('starts again when a repair has no effect', async () => {
  const { page, hasWarned } = await watch();
  await page.route('**/live/damaged/*.m4s', async (route) => {
    if (hasWarned('loading the stream again')) await route.continue();
    else if (!hasWarned('repairing')) await route.fulfill({ body: DAMAGED });
    // Otherwise never answered: the media that the repair needs does not arrive.
  });
  await untilVideo(page, () => hasWarned('loading the stream again'));
  await untilPlaying(page, { minFrames: 60 });
});
