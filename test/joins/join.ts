// One viewer joins a running stream: when its first picture appeared, and when it stood still in the seconds after that.
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';

/** A time in which the picture stood still. */
export type Pause = {
  /** Since the first picture. */
  readonly fromMs: number;
  readonly lengthMs: number;
  /** The position, and the buffer in the middle of the pause: seconds of the video's own time. */
  readonly positionS: number;
  readonly buffered: readonly (readonly [startS: number, endS: number])[];
};

export type Join = {
  /** From the navigation to the first picture that moved; NaN when none came. */
  readonly firstPictureMs: number;
  readonly pauses: readonly Pause[];
  /** The page's warnings about playback that it had to repair. */
  readonly warnings: readonly string[];
  /** Names of the requested media files, in order. */
  readonly requests: readonly string[];
};

/** Viewers do not notice a shorter freeze. */
export const SHORTEST_PAUSE_MS = 500;
/** Watched from the first picture on. */
export const WATCHED_MS = 10_000;
const FIRST_PICTURE_TIMEOUT_MS = 20_000;
const POLL_MS = 200;

/** Checks the video fifty times a second from the moment it exists, and keeps the pauses. */
const WATCHER = `(() => {
  const seen = { firstMs: null, nowMs: 0, pauses: [] };
  window.__sluiceJoin = seen;
  let last;
  const buffered = (video) =>
    Array.from({ length: video.buffered.length }, (_, at) => [video.buffered.start(at), video.buffered.end(at)]);
  setInterval(() => {
    const video = document.querySelector('video');
    if (!video) return;
    const atMs = performance.now();
    seen.nowMs = atMs;
    const positionS = video.currentTime;
    if (last !== undefined && positionS === last.positionS) {
      const lengthMs = atMs - last.atMs;
      if (seen.firstMs === null || lengthMs < ${SHORTEST_PAUSE_MS}) return;
      const fromMs = last.atMs - seen.firstMs;
      const open = seen.pauses.at(-1);
      if (open?.fromMs === fromMs) open.lengthMs = lengthMs;
      else seen.pauses.push({ fromMs, lengthMs, positionS, buffered: buffered(video) });
      return;
    }
    const isPlaying = last !== undefined && video.getVideoPlaybackQuality().totalVideoFrames > 0 && !video.seeking;
    if (isPlaying) seen.firstMs ??= atMs;
    last = { atMs, positionS };
  }, 20);
})()`;

type Seen = { readonly firstMs: number | null; readonly nowMs: number; readonly pauses: readonly Pause[] };

/** Opens `url` as a new viewer with an empty cache, watches it for WATCHED_MS, and leaves. */
export async function join(browser: Browser, url: string): Promise<Join> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(WATCHER);
    const warnings: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.text().startsWith('sluice:')) warnings.push(message.text());
    });
    page.on('request', (request) => {
      const name = request.url().split('/').at(-1) ?? '';
      if (/\.(?:m4s|mp4)$/.test(name)) requests.push(name);
    });
    await page.goto(url, { waitUntil: 'commit' });
    const seen = await untilWatched(page);
    return { firstPictureMs: seen.firstMs ?? Number.NaN, pauses: seen.pauses, warnings, requests };
  } finally {
    await context.close();
  }
}

async function untilWatched(page: Page): Promise<Seen> {
  for (;;) {
    const seen = await page.evaluate<Seen>('window.__sluiceJoin');
    const { firstMs, nowMs } = seen;
    if (firstMs === null ? nowMs > FIRST_PICTURE_TIMEOUT_MS : nowMs - firstMs >= WATCHED_MS) return seen;
    await delay(POLL_MS);
  }
}
