// A player on a page, with the same queries in every browser.
import { type VideoFacts, videoFactsScript } from '../support/browser.ts';
import type { Limits, Player, PlayFacts, Playing, Targets } from './player.ts';
import { libraryVersion, type PlayerPage, servePage } from './player-pages.ts';

/** A browser that can open one page and query it. */
export type PageBrowser = {
  readonly name: string;
  readonly version: () => Promise<string>;
  readonly open: (url: string) => Promise<BrowserPage>;
};

export type BrowserPage = {
  /** Value of an expression; it must be JSON. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Errors that the browser itself reported for the page. */
  readonly complaints: () => readonly string[];
  readonly close: () => Promise<void>;
};

type PageFacts = {
  readonly video: VideoFacts | null;
  /** null when the page measures nothing at the moment (JSON has no NaN). */
  readonly latencyMs: number | null;
  readonly errors: readonly string[];
};

/** The gateway's page shows its latency in the panel of numbers, in seconds or milliseconds. */
const PANEL_LATENCY = `(() => {
  const [, number, unit] = /([\\d.]+)\\s*(ms|s)/.exec(document.querySelector('[data-stat="latency"]')?.textContent ?? '') ?? [];
  return number === undefined ? NaN : Number(number) * (unit === 's' ? 1000 : 1);
})()`;
const LIBRARY_LATENCY = 'window.sluiceLatencyMs?.()';

/** A player library on a page of this project. */
export function libraryPlayer(page: PlayerPage, browser: PageBrowser, limits: Limits = {}): Player {
  return {
    name: `${page.name} in ${browser.name}`,
    version: async () => `${await libraryVersion(page.library)} in ${await browser.version()}`,
    limits,
    start: async ({ playlistUrl }) => startPage(browser, await servePage(page, playlistUrl), LIBRARY_LATENCY),
  };
}

/** The gateway's own page. */
export function watchPagePlayer(browser: PageBrowser): Player {
  return {
    name: `Sluice /watch in ${browser.name}`,
    version: async () => `hls.js ${await libraryVersion('hls.js')} in ${await browser.version()}`,
    start: ({ watchUrl }: Targets) => startPage(browser, watchUrl, PANEL_LATENCY),
  };
}

async function startPage(browser: PageBrowser, url: string, latency: string): Promise<Playing> {
  const page = await browser.open(url);
  const script = `(() => {
    const latencyMs = ${latency};
    return JSON.stringify({ video: ${videoFactsScript()}, latencyMs, errors: window.sluiceErrors ?? [] });
  })()`;
  let errors: readonly string[] = [];
  return {
    facts: async (): Promise<PlayFacts> => {
      const facts = JSON.parse(String(await page.evaluate(script))) as PageFacts;
      errors = facts.errors;
      const { video, latencyMs } = facts;
      if (video === null) throw new Error(`${url} has no video yet`);
      return {
        frames: video.decodedFrames,
        size: { width: video.width, height: video.height },
        stalls: video.stalls,
        latencyMs: latencyMs ?? undefined,
      };
    },
    complaints: () => [...errors, ...page.complaints()],
    stop: () => page.close(),
  };
}
