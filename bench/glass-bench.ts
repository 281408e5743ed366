// `glass`: the time to the first picture on a page, and the age of the pictures that it shows.

import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { startFfmpegServer } from './ffmpeg-server.ts';
import { latenciesMs, type SeenFrames } from './frame-number.ts';
import { type LoopDelay, startGateway, takeLoopDelay } from './gateway.ts';
import type { Measurement, Scene, Taken } from './measurement.ts';
import { makeClip } from './media-clip.ts';
import { servePlainPlayer } from './plain-player.ts';
import { makeMemoryFolder } from './programs.ts';
import type { PublisherCalls } from './publisher.ts';
import { disturbances } from './samples.ts';
import { percentile } from './statistics.ts';
import type { SystemName } from './system-names.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from './watched-page.ts';
import { measureWindow, type Window } from './window.ts';
import { startWorker } from './worker.ts';

/** A server to publish to, and its page. */
type Stage = {
  readonly pid: number;
  readonly takeLoopDelay: (() => Promise<LoopDelay>) | undefined;
  readonly port: number;
  readonly name: string;
  readonly pageUrl: string;
  /** Resolves when an open page waits for the stream. */
  readonly isWaiting: (page: Page) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

/** Whether the page was opened before or after the publication. */
type Viewer = 'early' | 'late';
type Watched = {
  readonly latenciesMs: readonly number[];
  readonly picturesPerSecond: number;
  readonly stalls: number;
  readonly unreadable: number;
};
type Theatre = { readonly browser: Browser; readonly clipFile: string; readonly watchMs: number };

const VIEWERS: Readonly<Record<Viewer, string>> = {
  early: 'page opened before the publish',
  late: 'page opened 20 s later',
};
/** Time for an open page to finish loading. */
const REST_MS = 1_500;
/** Players start some segments from the end; after this time all playlists have that many. */
const LATE_MS = 20_000;
/** Limit for the first picture. ffmpeg's first playlist comes after a group of pictures. */
const FIRST_PICTURE_TIMEOUT_MS = 30_000;
/** Time for the player to reach its distance from the live edge. */
const SETTLE_MS = 8_000;

export const glass: Measurement = {
  name: 'glass',
  usesAllProcessors: true,
  figures: [
    { name: 'firstPictureMs', title: 'first picture ms', decimals: 0 },
    { name: 'p50Ms', title: 'latency p50 ms', decimals: 0 },
    { name: 'p95Ms', title: 'latency p95 ms', decimals: 0 },
    { name: 'stalls', title: 'stalls', decimals: 0, shows: 'max' },
    { name: 'picturesPerSecond', title: 'pictures a second', decimals: 1 },
    { name: 'unreadable', title: 'unreadable', decimals: 0 },
    { name: 'loopP99Ms', title: 'loop delay p99 ms', decimals: 1 },
    { name: 'othersPercent', title: 'others %', decimals: 0 },
  ],
  comparisons: [
    { figure: 'firstPictureMs', of: 'sluice', to: 'ffmpeg', isHigherBetter: false },
    { figure: 'p50Ms', of: 'sluice', to: 'ffmpeg', isHigherBetter: false },
  ],
  secondsOf: (scene) => scene.seconds + 22,
  jobs: (scene) =>
    (['early', 'late'] as const).map((viewer) => ({
      title: VIEWERS[viewer],
      systems: ['sluice', 'sluice-100ms', 'ffmpeg'],
      run: (system) => run(system, viewer, scene),
    })),
};

let launched: Promise<Browser> | undefined;

async function run(system: SystemName, viewer: Viewer, scene: Scene): Promise<readonly Taken[]> {
  launched ??= launchBrowser();
  const clipFile = await makeClip('numbered');
  const theatre = { browser: await launched, clipFile, watchMs: scene.seconds * 1000 };
  const stage = await (system === 'ffmpeg' ? ffmpegStage('picture') : sluiceStage('picture', system));
  try {
    const { firstPictureMs, watched, window } = await perform(stage, theatre, viewer);
    const loop = await stage.takeLoopDelay?.();
    const figures = {
      firstPictureMs,
      p50Ms: percentile(watched.latenciesMs, 0.5),
      p95Ms: percentile(watched.latenciesMs, 0.95),
      stalls: watched.stalls,
      picturesPerSecond: watched.picturesPerSecond,
      unreadable: watched.unreadable,
      loopP99Ms: loop?.p99Ms ?? Number.NaN,
      othersPercent: window.othersPercent,
    };
    const disturbed = disturbances({ ...window, loadLateMs: 0 });
    return [{ load: VIEWERS[viewer], figures, disturbed }];
  } finally {
    await stage.stop();
  }
}

async function sluiceStage(name: string, system: SystemName): Promise<Stage> {
  const args = system === 'sluice-100ms' ? ['--hls-part', '100ms'] : [];
  const gateway = await startGateway({ args, withLoopDelay: true });
  return {
    pid: gateway.child.pid,
    takeLoopDelay: () => takeLoopDelay(gateway),
    port: gateway.rtmpPort,
    name,
    pageUrl: `${gateway.httpUrl}/watch/${name}`,
    isWaiting: (page) => page.locator('[data-state="offline"]').first().waitFor(),
    stop: () => gateway.child.stop(),
  };
}

async function ffmpegStage(name: string): Promise<Stage> {
  const server = await startFfmpegServer(name, makeMemoryFolder());
  const player = await servePlainPlayer(server.folder);
  return {
    pid: server.child.pid,
    takeLoopDelay: undefined,
    port: server.port,
    name,
    pageUrl: player.url,
    isWaiting: (page) => page.waitForFunction('document.title === "ready"'),
    stop: async () => {
      await server.child.stop('SIGKILL');
      await player.close();
    },
  };
}

type Performance = {
  /** From the publish for an early viewer, from opening the page for a late one. */
  readonly firstPictureMs: number;
  readonly watched: Watched;
  readonly window: Window;
};

async function perform(stage: Stage, scene: Theatre, viewer: Viewer): Promise<Performance> {
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const targets = [{ port: stage.port, name: stage.name }];
  const publish = () => publisher.call('start', { clipFile: scene.clipFile, targets, spreadMs: 0 });
  let page: WatchedPage | undefined;
  try {
    if (viewer === 'late') {
      await publish();
      await delay(LATE_MS);
      page = await openWatchedPage(scene.browser, stage.pageUrl);
    } else {
      page = await openWatchedPage(scene.browser, stage.pageUrl, stage.isWaiting);
      await delay(REST_MS);
      await publish();
    }
    const { frames } = await page.until((seen) => seen.frames.length > 0, FIRST_PICTURE_TIMEOUT_MS);
    const { connectedAtMs } = await publisher.call('pushes', undefined);
    const since = viewer === 'late' ? page.openedAtMs : connectedAtMs;
    const firstPictureMs = (frames[0]?.[1] ?? Number.NaN) - since;
    await delay(SETTLE_MS);
    const before = await page.seen();
    const watchedPids = { pids: [stage.pid], loadPids: [publisher.child.pid] };
    const window = await measureWindow(watchedPids, scene.watchMs / 1000);
    const after = await page.seen();
    const { framesAtMs } = await publisher.call('pushes', undefined);
    const watched = watchedBetween({ before, after, framesAtMs, watchMs: window.seconds * 1000 });
    return { firstPictureMs, watched, window };
  } finally {
    await publisher.child.stop('SIGKILL');
    await page?.close();
  }
}

function watchedBetween(run: {
  readonly before: SeenFrames;
  readonly after: SeenFrames;
  readonly framesAtMs: readonly number[];
  readonly watchMs: number;
}): Watched {
  const frames = run.after.frames.slice(run.before.frames.length);
  return {
    latenciesMs: latenciesMs(frames, run.framesAtMs),
    picturesPerSecond: frames.length / (run.watchMs / 1000),
    stalls: run.after.stalls - run.before.stalls,
    unreadable: frames.filter(([number]) => number < 0).length,
  };
}
