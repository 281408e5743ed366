// The effect of a bad line on the viewer: a freeze is made up soon and without another stall, and a line that is too slow
// is reported, with an offer of stable mode.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying, videoFacts } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';

/** From the moment when the network is steady again. */
const RETURN_MS = 20_000;
/** The difference between two measurements of a steady latency. */
const SCATTER_MS = 200;
const SETTLE_MS = 10_000;
const TICK_MS = 50;

/** A line between two ends that can freeze, or limit the throughput. */
type Line = {
  readonly port: number;
  freeze: (ms: number) => Promise<void>;
  limit: (bitsPerSecond: number) => void;
};

async function startLine(to: number): Promise<Line> {
  let isFrozen = false;
  let bytesPerTick = Number.POSITIVE_INFINITY;
  let allowance = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Each piece waits for its turn; all connections share the line. */
  const queue: { readonly bytes: Buffer; readonly from: Socket; readonly into: Socket }[] = [];
  const drain = (): void => {
    while (!isFrozen && queue.length > 0 && allowance > 0) {
      const piece = queue.shift();
      if (piece === undefined) break;
      const part = piece.bytes.subarray(0, Math.min(piece.bytes.length, Math.ceil(allowance)));
      allowance -= part.length;
      if (piece.into.writable) piece.into.write(part);
      if (part.length < piece.bytes.length)
        queue.unshift({ ...piece, bytes: piece.bytes.subarray(part.length) });
      else piece.from.resume();
    }
  };
  const timer = setInterval(() => {
    allowance = Math.min(allowance + bytesPerTick, bytesPerTick * 2);
    drain();
  }, TICK_MS);
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [upstream, client] as const]) {
      from.on('data', (bytes) => {
        from.pause();
        queue.push({ bytes, from, into });
        if (bytesPerTick === Number.POSITIVE_INFINITY) {
          allowance = Number.POSITIVE_INFINITY;
          drain();
        }
      });
      from.on('error', () => into.destroy());
      from.on('close', () => into.end());
    }
    client.on('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => {
    clearInterval(timer);
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    freeze: async (ms) => {
      isFrozen = true;
      await delay(ms);
      isFrozen = false;
      drain();
    },
    limit: (bitsPerSecond) => {
      bytesPerTick = (bitsPerSecond / 8) * (TICK_MS / 1000);
      allowance = 0;
    },
  };
}

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

/** Three segments of two seconds behind live, and a little more for media in transit. */
async function isStable(page: Page): Promise<boolean> {
  const nowMs = await latencyMs(page);
  return nowMs > 5_000 && nowMs < 9_000;
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
  const uplink = await startLine(gateway.rtmpPort);
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
  const line = await startLine(gateway.httpPort);
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

it('says that the line is too slow, and after a minute offers to play more steadily, and keeps to it', async () => {
  const gateway = await startGateway();
  const line = await startLine(gateway.httpPort);
  publish({ url: gateway.rtmpUrl('show'), video: { size: '640x360', bitrateKbps: 1_500 } });
  const { page } = await openPage(`http://127.0.0.1:${line.port}/watch/show`);
  await untilPlaying(page, { minFrames: 60 });
  line.limit(900_000);
  await page.getByText('Your connection is too slow').waitFor({ timeout: 60_000 });
  await screenshot(page, 'page-slow-line');
  const offer = page.getByRole('button', { name: 'Play more steadily' });
  await offer.waitFor({ timeout: 100_000 });
  await screenshot(page, 'page-stable-offer');
  line.limit(Number.POSITIVE_INFINITY);
  await offer.click();
  await page.getByText('Your connection is too slow').waitFor({ state: 'hidden' });
  await expect.poll(() => isStable(page), { timeout: 20_000 }).toBe(true);

  await page.reload();
  await untilPlaying(page, { minFrames: 60 });
  await expect.poll(() => isStable(page), { timeout: 20_000 }).toBe(true);
  await screenshot(page, 'page-stable');
  await page.getByRole('checkbox', { name: 'Steady playback' }).uncheck();
  await expect.poll(() => latencyMs(page), { timeout: 20_000 }).toBeLessThan(2_000);
});
