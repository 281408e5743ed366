// `picture`: the time to the first picture on a page, and the age of the pictures that it shows.

import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { startFfmpegServer } from './ffmpeg-server.ts';
import { latenciesMs, type SeenFrames } from './frame-number.ts';
import { type RunningGateway, startGateway } from './gateway.ts';
import { renderTable, shown } from './markdown-table.ts';
import { makeClip } from './media-clip.ts';
import { servePlainPlayer } from './plain-player.ts';
import { makeMemoryFolder } from './programs.ts';
import type { PublisherCalls } from './publisher.ts';
import { median, percentile } from './statistics.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from './watched-page.ts';
import { startWorker } from './worker.ts';

export type PictureOptions = {
  readonly runs: number;
  /** How long latency is watched, in the last run. */
  readonly seconds: number;
  readonly say: (line: string) => void;
};

/** A server to publish to, and its page. */
type Stage = {
  readonly port: number;
  readonly name: string;
  readonly pageUrl: string;
  /** Resolves when an open page waits for the stream. */
  readonly isWaiting: (page: Page) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

type Side = 'sluice' | 'ffmpeg';
/** Whether the page was opened before or after the publication. */
type Viewer = 'early' | 'late';
type Watched = {
  readonly latenciesMs: readonly number[];
  readonly picturesPerSecond: number;
  readonly stalls: number;
  readonly unreadable: number;
};
/** First pictures in milliseconds: from the publish for an early viewer, from opening the page for a late one. */
type Result = { readonly firstPicturesMs: readonly number[]; readonly watched: Watched | undefined };
type Results = Readonly<Record<Viewer, Record<Side, Result>>>;
type Scene = { readonly browser: Browser; readonly clipFile: string; readonly watchMs: number };

const PAGES: Readonly<Record<Side, string>> = {
  sluice: 'Sluice, /watch page',
  ffmpeg: 'ffmpeg -listen, hls.js page',
};
const VIEWERS: Readonly<Record<Viewer, string>> = { early: 'before the publish', late: '20 s later' };
const SIDES: readonly Side[] = ['sluice', 'ffmpeg'];
/** Time for an open page to finish loading. */
const REST_MS = 1_500;
/** Players start some segments from the end; after this time all playlists have that many. */
const LATE_MS = 20_000;
/** Limit for the first picture. ffmpeg's first playlist comes after a group of pictures. */
const FIRST_PICTURE_TIMEOUT_MS = 30_000;
/** Time for the player to reach its distance from the live edge. */
const SETTLE_MS = 8_000;

/** Runs both sides alternately, `runs` times; latency is measured in the last run. @returns a Markdown table */
export async function runPicture(options: PictureOptions): Promise<string> {
  const { runs, seconds, say } = options;
  const browser = await launchBrowser();
  const gateway = await startGateway();
  const scene = { browser, clipFile: await makeClip('numbered'), watchMs: seconds * 1000 };
  const firsts: Record<Viewer, Record<Side, number[]>> = {
    early: { sluice: [], ffmpeg: [] },
    late: { sluice: [], ffmpeg: [] },
  };
  const watched: Record<Viewer, Partial<Record<Side, Watched>>> = { early: {}, late: {} };
  for (let run = 0; run < runs; run += 1) {
    for (const side of run % 2 === 0 ? SIDES : SIDES.toReversed()) {
      for (const viewer of ['early', 'late'] as const) {
        const name = `picture-${viewer}-${run}`;
        const stage = await (side === 'sluice' ? sluiceStage(gateway, name) : ffmpegStage(name));
        const act = { viewer, isLast: run === runs - 1 };
        const seen = await perform(stage, scene, act).finally(stage.stop);
        firsts[viewer][side].push(seen.firstPictureMs);
        if (seen.watched !== undefined) watched[viewer][side] = seen.watched;
        say(
          `${PAGES[side]}, page opened ${VIEWERS[viewer]}, run ${run + 1}: ${shown(seen.firstPictureMs)} ms`,
        );
      }
    }
  }
  const result = (viewer: Viewer, side: Side): Result => ({
    firstPicturesMs: firsts[viewer][side],
    watched: watched[viewer][side],
  });
  await gateway.child.stop();
  await browser.close();
  const both = (viewer: Viewer) => ({ sluice: result(viewer, 'sluice'), ffmpeg: result(viewer, 'ffmpeg') });
  return render({ early: both('early'), late: both('late') });
}

async function sluiceStage(gateway: RunningGateway, name: string): Promise<Stage> {
  return {
    port: gateway.rtmpPort,
    name,
    pageUrl: `${gateway.httpUrl}/watch/${name}`,
    isWaiting: (page) => page.locator('[data-state="offline"]').first().waitFor(),
    stop: async () => {},
  };
}

async function ffmpegStage(name: string): Promise<Stage> {
  const server = await startFfmpegServer(name, makeMemoryFolder());
  const player = await servePlainPlayer(server.folder);
  return {
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

async function perform(
  stage: Stage,
  scene: Scene,
  act: { readonly viewer: Viewer; readonly isLast: boolean },
): Promise<{ readonly firstPictureMs: number; readonly watched: Watched | undefined }> {
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const targets = [{ port: stage.port, name: stage.name }];
  const publish = () => publisher.call('start', { clipFile: scene.clipFile, targets, spreadMs: 0 });
  let page: WatchedPage | undefined;
  try {
    if (act.viewer === 'late') {
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
    const since = act.viewer === 'late' ? page.openedAtMs : connectedAtMs;
    const firstPictureMs = (frames[0]?.[1] ?? Number.NaN) - since;
    if (!act.isLast) return { firstPictureMs, watched: undefined };
    await delay(SETTLE_MS);
    const before = await page.seen();
    await delay(scene.watchMs);
    const after = await page.seen();
    const { framesAtMs } = await publisher.call('pushes', undefined);
    return { firstPictureMs, watched: watchedBetween({ before, after, framesAtMs, watchMs: scene.watchMs }) };
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

function render(results: Results): string {
  const rows = (['early', 'late'] as const).flatMap((viewer) => [
    ...SIDES.map((side) => row(VIEWERS[viewer], PAGES[side], results[viewer][side])),
    ratioRow(VIEWERS[viewer], results[viewer].sluice, results[viewer].ffmpeg),
  ]);
  const header = ['page opened', 'server and page', 'first picture ms, median (range)', 'latency p50 ms'];
  return renderTable([...header, 'latency p95 ms', 'pictures a second', 'stalls', 'unreadable'], rows);
}

function row(viewer: string, page: string, { firstPicturesMs, watched }: Result): readonly string[] {
  const range = `${shown(Math.min(...firstPicturesMs))}–${shown(Math.max(...firstPicturesMs))}`;
  return [
    viewer,
    page,
    `${shown(median(firstPicturesMs))} (${range})`,
    shown(latency(watched, 0.5)),
    shown(latency(watched, 0.95)),
    shown(watched?.picturesPerSecond ?? Number.NaN, 1),
    String(watched?.stalls ?? '–'),
    String(watched?.unreadable ?? '–'),
  ];
}

function ratioRow(viewer: string, ours: Result, theirs: Result): readonly string[] {
  return [
    viewer,
    '**Sluice / ffmpeg**',
    `**${shown(median(ours.firstPicturesMs) / median(theirs.firstPicturesMs), 2)}**`,
    `**${shown(latency(ours.watched, 0.5) / latency(theirs.watched, 0.5), 2)}**`,
    shown(latency(ours.watched, 0.95) / latency(theirs.watched, 0.95), 2),
    ...['', '', ''],
  ];
}

function latency(watched: Watched | undefined, share: number): number {
  return percentile(watched?.latenciesMs ?? [], share);
}
