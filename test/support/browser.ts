// Real Chromium: one per test file, a new context for each page, and a record of everything that went wrong.
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import { whenDone, whenFailed, whenFileDone } from './cleanup.ts';
import { searchPage } from './leak-page.ts';
import { checkApiAnswers } from './page-answers.ts';
import { findChromium } from './test-tools.ts';

/** Faults of a page; all are empty for a healthy page. */
export type PageProblems = {
  readonly consoleErrors: readonly string[];
  readonly pageErrors: readonly string[];
  /** `METHOD URL: reason`; without requests that the page aborted, as a player does when it seeks. */
  readonly failedRequests: readonly string[];
  /** `STATUS METHOD URL` of responses >= 400. */
  readonly badResponses: readonly string[];
  /** `DIRECTIVE blocked URI` */
  readonly cspViolations: readonly string[];
  /** Messages about repaired playback; not faults by themselves. */
  readonly warnings: readonly string[];
};

export type OpenedPage = { readonly page: Page; readonly problems: PageProblems };

export type PageOptions = {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
  readonly colorScheme?: 'dark' | 'light';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  /** For a self-signed certificate. */
  readonly ignoreHTTPSErrors?: boolean;
};

/** State of a `<video>`. */
export type VideoFacts = {
  /** Seconds. */
  readonly currentTime: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly width: number;
  readonly height: number;
  readonly readyState: number;
  readonly isPaused: boolean;
  readonly isMuted: boolean;
  /** Seconds, [start, end] each. */
  readonly buffered: readonly (readonly [number, number])[];
  /** Stalls after playback started. */
  readonly stalls: number;
};

const LAUNCH_ARGS = [
  // Chromium's sandbox does not work as root in containers.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];
const VIEWPORT = { width: 1280, height: 800 };
const CSP_BINDING = '__sluiceCspViolation';
const STALLS_KEY = '__sluiceStalls';
const FIND_KEY = '__sluiceFind';
const PLAY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

/**
 * Runs in every frame before the page's scripts. Media events do not bubble, so they are captured. `waiting` counts only
 * after a video has played.
 */
export const VIDEO_WATCHER = `
  document.addEventListener('securitypolicyviolation', (event) => {
    window.${CSP_BINDING}?.(event.effectiveDirective + ' blocked ' + event.blockedURI);
  });
  window.${FIND_KEY} = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll('*')) {
      const inside = element.shadowRoot && window.${FIND_KEY}(selector, element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  window.${STALLS_KEY} = new WeakMap();
  window.addEventListener('playing', ({ target }) => {
    if (!window.${STALLS_KEY}.has(target)) window.${STALLS_KEY}.set(target, 0);
  }, true);
  window.addEventListener('waiting', ({ target }) => {
    const count = window.${STALLS_KEY}.get(target);
    if (count !== undefined && !target.seeking) window.${STALLS_KEY}.set(target, count + 1);
  }, true);
`;

let shared: Promise<Browser> | undefined;

/** Opens a URL in a new context of the shared Chromium; the context closes with the test. */
export async function openPage(url: string, options: PageOptions = {}): Promise<OpenedPage> {
  const browser = await sharedBrowser();
  const context = await browser.newContext({ ...options, viewport: options.viewport ?? VIEWPORT });
  whenDone(() => context.close());
  const page = await context.newPage();
  const problems = await recordProblems(page);
  searchPage(page);
  const apiFaults = checkApiAnswers(page);
  whenDone(async () => {
    const faults = await apiFaults();
    if (faults.length > 0)
      throw new Error(`the API answered a page as it is not documented:\n${faults.join('\n')}`);
  });
  whenFailed(() => `--- problems of ${url}\n${JSON.stringify(problems, null, 2)}`);
  await context.addInitScript(VIDEO_WATCHER);
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, problems };
}

/** An expression that gives VideoFacts, or null, wherever VIDEO_WATCHER has run. */
export function videoFactsScript(selector = 'video'): string {
  return `(() => {
    const video = window.${FIND_KEY}(${JSON.stringify(selector)});
    if (!video) return null;
    const quality = video.getVideoPlaybackQuality();
    return {
      currentTime: video.currentTime,
      decodedFrames: quality.totalVideoFrames,
      droppedFrames: quality.droppedVideoFrames,
      width: video.videoWidth,
      height: video.videoHeight,
      readyState: video.readyState,
      isPaused: video.paused,
      isMuted: video.muted,
      buffered: Array.from(video.buffered, (_, i) => [video.buffered.start(i), video.buffered.end(i)]),
      stalls: window.${STALLS_KEY}.get(video) ?? 0,
    };
  })()`;
}

/** Facts of the first match of `selector`, shadow roots included. Throws when there is none. */
export async function videoFacts(page: Page | Frame, selector = 'video'): Promise<VideoFacts> {
  const facts = await page.evaluate<VideoFacts | null>(videoFactsScript(selector));
  if (facts === null) throw new Error(`no element matches ${selector} at ${page.url()}`);
  return facts;
}

/**
 * Polls the facts until they match; resolves with them, rejects with the last ones. Does not use `page.waitForFunction`,
 * which needs `eval`, and our Content-Security-Policy forbids it.
 */
export async function untilVideo(
  page: Page | Frame,
  satisfies: (facts: VideoFacts) => boolean,
  options: { readonly selector?: string; readonly timeoutMs?: number } = {},
): Promise<VideoFacts> {
  const { selector = 'video', timeoutMs = PLAY_TIMEOUT_MS } = options;
  const deadline = Date.now() + timeoutMs;
  let last = 'nothing';
  while (Date.now() < deadline) {
    try {
      const facts = await videoFacts(page, selector);
      if (satisfies(facts)) return facts;
      last = JSON.stringify(facts);
    } catch (error) {
      // The page may still be loading.
      last = String(error);
    }
    await setTimeout(POLL_MS);
  }
  throw new Error(`${page.url()}: the video did not get there within ${timeoutMs} ms; last seen: ${last}`);
}

/** Waits until the video plays: not paused, past its start, pictures decoded; resolves with its facts. */
export function untilPlaying(
  page: Page | Frame,
  options: { readonly selector?: string; readonly minFrames?: number; readonly timeoutMs?: number } = {},
): Promise<VideoFacts> {
  const { minFrames = 2, ...rest } = options;
  const isPlaying = (facts: VideoFacts) =>
    !facts.isPaused && facts.currentTime > 0 && facts.decodedFrames >= minFrames;
  return untilVideo(page, isPlaying, rest);
}

/** In the temporary folder, or in SLUICE_TEST_SCREENSHOTS. */
export function screenshotFile(name: string): string {
  const folder = process.env['SLUICE_TEST_SCREENSHOTS'] ?? path.join(tmpdir(), 'sluice-test-screenshots');
  return path.join(folder, `${name}.png`);
}

/** Writes a PNG to the temporary folder (or SLUICE_TEST_SCREENSHOTS); resolves with its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const file = screenshotFile(name);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file });
  return file;
}

function sharedBrowser(): Promise<Browser> {
  shared ??= launch();
  return shared;
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: LAUNCH_ARGS,
    headless: true,
  });
  whenFileDone(() => browser.close());
  return browser;
}

/** Listens before the page loads, so that nothing is missed. */
async function recordProblems(page: Page): Promise<PageProblems> {
  const consoleErrors: string[] = [];
  const pageErrors: string[] = [];
  const failedRequests: string[] = [];
  const badResponses: string[] = [];
  const cspViolations: string[] = [];
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(`${message.text()} (${message.location().url})`);
    if (message.type() === 'warning') warnings.push(message.text());
  });
  page.on('pageerror', (error) => pageErrors.push(error.stack ?? error.message));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    if (reason !== 'net::ERR_ABORTED') failedRequests.push(`${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() < 400) return;
    badResponses.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  await page.exposeFunction(CSP_BINDING, (violation: string) => void cspViolations.push(violation));
  return { consoleErrors, pageErrors, failedRequests, badResponses, cspViolations, warnings };
}
