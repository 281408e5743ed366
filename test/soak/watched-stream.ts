// One live stream, and one page of real Chromium that watches it, measured minute by minute.
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { FRAME_READER, latenciesMs, type SeenFrames } from '../../bench/frame-number.ts';
import { type RunningGateway, startGateway } from '../../bench/gateway.ts';
import { makeClip } from '../../bench/media-clip.ts';
import { memoryOf } from '../../bench/process-usage.ts';
import type { PublisherCalls } from '../../bench/publisher.ts';
import { launchBrowser } from '../../bench/watched-page.ts';
import { startWorker, type Worker } from '../../bench/worker.ts';

/** The measurements of one minute. */
export type Minute = {
  readonly seconds: number;
  readonly pictures: number;
  readonly dropped: number;
  readonly stalls: number;
  /** Longest time from one picture to the next: a browser can also drop pictures without a stall. */
  readonly longestGapMs: number;
  /** Age of each picture when it appeared: read from the picture itself, since the publisher's write. */
  readonly latenciesMs: readonly number[];
  /** The page's own figures, from PROGRAM-DATE-TIME, once a second. */
  readonly toldMs: readonly number[];
  /** How many of those measurements found a playback rate other than 1. */
  readonly hurried: number;
  /** The most that the publisher was behind its own clip: a delay that neither the gateway nor the page causes. */
  readonly publisherLateMs: number;
  readonly gatewayRssBytes: number;
  readonly pagePssBytes: number;
  readonly pageHeapBytes: number;
};

const NAME = 'soak';
const PUBLISHER = new URL('../../bench/publisher.ts', import.meta.url);
const VIEWPORT = { width: 800, height: 600 };
/** The player has found its distance from the live edge. */
const SETTLE_MS = 15_000;
const LOOK_MS = 1_000;
/** Returns the data since the last call, so that the measured memory is only the page's own. */
const TAKE_FRAMES = `(() => {
  const { frames, stalls, dropped } = window.__sluiceBench;
  return { frames: frames.splice(0), stalls, dropped };
})()`;
const LOOK = `(() => {
  const told = Number(document.querySelector('.stage')?.dataset.latencyMs ?? NaN);
  return { told, rate: document.querySelector('video')?.playbackRate ?? 1 };
})()`;

export class WatchedStream {
  readonly #gateway: RunningGateway;
  readonly #publisher: Worker<PublisherCalls>;
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #browserCdp: CDPSession;
  #before: Pick<SeenFrames, 'stalls' | 'dropped'> = { stalls: 0, dropped: 0 };

  private constructor(parts: {
    readonly gateway: RunningGateway;
    readonly publisher: Worker<PublisherCalls>;
    readonly page: Page;
    readonly cdp: CDPSession;
    readonly browserCdp: CDPSession;
  }) {
    this.#gateway = parts.gateway;
    this.#publisher = parts.publisher;
    this.#page = parts.page;
    this.#cdp = parts.cdp;
    this.#browserCdp = parts.browserCdp;
  }

  /** Publishes, opens the page, and lets it settle. `args` are settings of the gateway. */
  static async start(args: readonly string[]): Promise<WatchedStream> {
    const clipFile = await makeClip('small');
    const gateway = await startGateway({ args });
    const browser: Browser = await launchBrowser();
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    await context.addInitScript(FRAME_READER);
    const publisher = startWorker<PublisherCalls>(PUBLISHER);
    await publisher.call('start', {
      clipFile,
      targets: [{ port: gateway.rtmpPort, name: NAME }],
      spreadMs: 0,
    });
    await page.goto(`${gateway.httpUrl}/watch/${NAME}`);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    const browserCdp = await browser.newBrowserCDPSession();
    const stream = new WatchedStream({ gateway, publisher, page, cdp, browserCdp });
    await delay(SETTLE_MS);
    await publisher.call('takeLateness', undefined);
    stream.#before = await page.evaluate<SeenFrames>(TAKE_FRAMES);
    return stream;
  }

  /** Measures for `seconds`. */
  async watch(seconds: number): Promise<Minute> {
    const untilMs = performance.now() + seconds * 1000;
    const toldMs: number[] = [];
    let hurried = 0;
    while (performance.now() < untilMs) {
      const { told, rate } = await this.#page.evaluate<{ told: number; rate: number }>(LOOK);
      if (Number.isFinite(told)) toldMs.push(told);
      if (rate !== 1) hurried += 1;
      await delay(Math.min(LOOK_MS, Math.max(0, untilMs - performance.now())));
    }
    const seen = await this.#page.evaluate<SeenFrames>(TAKE_FRAMES);
    const { framesAtMs } = await this.#publisher.call('pushes', undefined);
    const { maxMs: publisherLateMs } = await this.#publisher.call('takeLateness', undefined);
    const before = this.#before;
    this.#before = seen;
    return {
      seconds,
      pictures: seen.frames.length,
      dropped: seen.dropped - before.dropped,
      stalls: seen.stalls - before.stalls,
      longestGapMs: longestGapMs(seen.frames),
      latenciesMs: latenciesMs(seen.frames, framesAtMs),
      toldMs,
      hurried,
      publisherLateMs,
      gatewayRssBytes: memoryOf([this.#gateway.child.process.pid ?? 0]).rssBytes,
      pagePssBytes: await this.#rendererBytes(),
      pageHeapBytes: await this.#heapBytes(),
    };
  }

  async #rendererBytes(): Promise<number> {
    const { processInfo } = await this.#browserCdp.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    return memoryOf(renderers).pssBytes;
  }

  async #heapBytes(): Promise<number> {
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  }
}

function longestGapMs(frames: SeenFrames['frames']): number {
  const gaps = frames.slice(1).map(([, atMs], at) => atMs - (frames[at]?.[1] ?? atMs));
  return Math.max(0, ...gaps);
}
