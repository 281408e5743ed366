// A page in real Chromium that records every presented picture.

import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { whenOver } from './clean-up.ts';
import { FRAME_READER, type SeenFrames } from './frame-number.ts';
import { findChromium } from './programs.ts';

export type WatchedPage = {
  /** Epoch milliseconds at which its address was entered. */
  readonly openedAtMs: number;
  readonly seen: () => Promise<SeenFrames>;
  /** Resolves when `enough` returns true; throws with the seen pictures after a timeout. */
  readonly until: (enough: (seen: SeenFrames) => boolean, timeoutMs: number) => Promise<SeenFrames>;
  readonly close: () => Promise<void>;
};

const LAUNCH_ARGS = [
  // The sandbox does not work as root in containers.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--autoplay-policy=no-user-gesture-required',
];
const VIEWPORT = { width: 1280, height: 800 };
const POLL_MS = 100;

/** Starts Chromium without a window. */
export async function launchBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: LAUNCH_ARGS,
    headless: true,
    // The run's clean-up closes it last.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  whenOver(() => browser.close());
  return browser;
}

/** Opens `url` in a new context with an empty cache; resolves when `isReady`. */
export async function openWatchedPage(
  browser: Browser,
  url: string,
  isReady?: (page: Page) => Promise<unknown>,
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await context.addInitScript(FRAME_READER);
  const openedAtMs = Date.now();
  await page.goto(url, { waitUntil: 'commit' });
  await isReady?.(page);
  const seen = (): Promise<SeenFrames> => page.evaluate<SeenFrames>('window.__sluiceBench');
  return {
    openedAtMs,
    seen,
    until: async (enough, timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const now = await seen();
        if (enough(now)) return now;
        if (performance.now() > deadline) {
          throw new Error(`${url}: ${now.frames.length} pictures after ${timeoutMs} ms, which is not enough`);
        }
        await delay(POLL_MS);
      }
    },
    close: () => context.close(),
  };
}
