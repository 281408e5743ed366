// The effect of a line that fails for seconds: the viewer is soon as near to live as before, and without another stall.
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying, videoFacts } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';
import { startNetworkLine } from '../support/network-line.ts';

/** From the moment when the network is steady again. */
const RETURN_MS = 20_000;
/** The difference between two measurements of a steady latency. */
const SCATTER_MS = 200;
const SETTLE_MS = 10_000;

async function latencyMs(page: Page): Promise<number> {
  const text = await page.locator('.stage').getAttribute('data-latency-ms');
  return text === null ? Number.POSITIVE_INFINITY : Number(text);
}

/** The latency after it has settled. */
async function settledMs(page: Page): Promise<number> {
  await untilPlaying(page, { minFrames: 60 });
  await delay(SETTLE_MS);
  return latencyMs(page);
}

/** Waits until the latency has been normal for a second. Rejects after RETURN_MS and reports the measurements. */
async function untilBack(page: Page, beforeMs: number): Promise<void> {
  const seen: string[] = [];
  const from = performance.now();
  let isBackSince: number | undefined;
  let stalls: number | undefined;
  while (performance.now() - from < RETURN_MS) {
    const [now, facts] = [await latencyMs(page), await videoFacts(page)];
    const sinceMs = performance.now() - from;
    seen.push(`${(sinceMs / 1000).toFixed(1)} s: ${now} ms, ${facts.stalls} stalls`);
    // The delayed media arrives first; after its arrival nothing may stall.
    if (sinceMs > 3_000) stalls ??= facts.stalls;
    if (stalls !== undefined) expect(facts.stalls, seen.join('\n')).toBe(stalls);
    isBackSince = now <= beforeMs + SCATTER_MS ? (isBackSince ?? sinceMs) : undefined;
    if (isBackSince !== undefined && sinceMs - isBackSince > 1_000) return;
    await delay(250);
  }
  throw new Error(`not back at ${beforeMs} ms:\n${seen.join('\n')}`);
}

it('comes back to its latency after the uplink froze three times', async () => {
  const gateway = await startGateway();
  const uplink = await startNetworkLine(gateway.rtmpPort);
  const encoder = await ClipEncoder.publish({ port: uplink.port, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  const { page } = await openPage(gateway.url('/watch/show'));
  const beforeMs = await settledMs(page);
  for (let freeze = 0; freeze < 3; freeze += 1) {
    await uplink.freeze(3_000);
    if (freeze < 2) await delay(5_000);
  }
  await untilBack(page, beforeMs);
});

it('comes back to its latency after an outage of the viewer’s line', async () => {
  const gateway = await startGateway();
  const line = await startNetworkLine(gateway.httpPort);
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  const { page } = await openPage(`http://127.0.0.1:${line.port}/watch/show`);
  const beforeMs = await settledMs(page);
  await line.freeze(5_000);
  await untilBack(page, beforeMs);
});

it('comes back to its latency after another encoder has taken over', async () => {
  const gateway = await startGateway();
  const clip = await loadClip('plain');
  const first = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  first.play(clip);
  const { page } = await openPage(gateway.url('/watch/show'));
  const beforeMs = await settledMs(page);
  first.end('stall');
  const second = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  second.play(clip);
  await page.locator('.stage[data-state="live"][data-playing="true"]').waitFor();
  await untilBack(page, beforeMs);
});
