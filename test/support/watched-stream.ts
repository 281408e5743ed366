// A page that is open before the push, and what a viewer sees of it for a while.
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying, videoFacts } from './browser.ts';
import { makeSource, publishFile } from './ffmpeg.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';

/** What a healthy page complains about. */
export const NO_PROBLEMS = {
  consoleErrors: [],
  pageErrors: [],
  failedRequests: [],
  badResponses: [],
  cspViolations: [],
  warnings: [],
};

/** The page opens, starts and closes in this time. */
const MARGIN_S = 20;

/** A gateway on which a clip plays without end under the name 'show'. */
export async function liveGateway(
  args: readonly string[] = [],
): Promise<{ gateway: GatewayProcess; encoder: ClipEncoder }> {
  const gateway = await startGateway({ args });
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  return { gateway, encoder };
}

/** Watches for that long; the picture must not stall, and the page must say what plays. */
export async function watchFromBefore(seconds: number): Promise<void> {
  // Encoded before: where the machine has other work, an encoder beside the page falls behind real time, and the picture stalls.
  const file = await makeSource('flv', { durationS: seconds + MARGIN_S });
  const gateway = await startGateway();
  const { page, problems } = await openPage(gateway.url('/watch/first'));
  await page.locator('[data-state="offline"]').first().waitFor();

  publishFile(file, gateway.rtmpUrl('first'));
  const begun = await untilPlaying(page);
  expect([begun.width, begun.height]).toEqual([1280, 720]);

  await delay(seconds * 1000);
  const seen = await videoFacts(page);
  await screenshot(page, 'watch');
  expect(seen.stalls).toBe(0);
  expect(seen.currentTime - begun.currentTime).toBeGreaterThan(seconds - 2);
  expect(seen.decodedFrames - begun.decodedFrames).toBeGreaterThan((seconds - 2) * 29);
  const text = await page.locator('body').textContent();
  expect(text).toContain('1280 × 720');
  // Measured second by second on timestamps of whole milliseconds.
  expect(text).toMatch(/(29\.9\d?|30(\.\d+)?) fps/);
  expect(problems).toEqual(NO_PROBLEMS);
}
