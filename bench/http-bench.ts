// `http`: the cost of low-latency viewers without that of the stream, compared with nginx serving the same files.

import { setTimeout as delay } from 'node:timers/promises';
import { storedPlaybackSecrets } from '../server/access/playback-secrets.ts';
import { writePlaybackToken } from '../server/access/playback-token.ts';
import { FolderStore } from '../server/store/folder-store.ts';
import { type LoopDelay, type RunningGateway, startGateway, takeLoopDelay } from './gateway.ts';
import { renderTable, shown } from './markdown-table.ts';
import { makeClip } from './media-clip.ts';
import { startNginx } from './nginx-server.ts';
import { mediaPlaylistUrl, parsePlaylistEdge } from './playlist-edge.ts';
import { cpuMsOf } from './process-usage.ts';
import { findNginx, makeMemoryFolder } from './programs.ts';
import type { PublisherCalls } from './publisher.ts';
import type { Times, ViewersCalls, ViewersReport } from './viewers.ts';
import { startWorker, type Worker } from './worker.ts';

export type HttpOptions = {
  readonly viewers: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
};

type Served = {
  readonly title: string;
  readonly cpuMsPerSecond: number;
  /** The same server without viewers. */
  readonly idleMsPerSecond: number;
  readonly report: ViewersReport;
  readonly loop: LoopDelay | undefined;
};

const STREAM = 'http';
/** All viewers are connected, and code is compiled. */
const WARM_UP_MS = 5_000;
/** Longer than the benchmark. */
const TOKEN_MS = 3_600_000;
/** The default part target. */
const PART_MS = 200;

/** @returns a Markdown table */
export async function runHttp(options: HttpOptions): Promise<string> {
  const { viewers, say } = options;
  const clipFile = await makeClip('load');
  const signed = await serve(clipFile, options, makeMemoryFolder());
  const open = await serve(clipFile, options);
  const nginx = findNginx();
  if (nginx === undefined) say('nginx is not installed; its row is left out');
  const files = nginx === undefined ? undefined : await measureNginx(nginx, open.files, options);
  return render({ open: open.served, signed: signed.served, files }, viewers, options.seconds);
}

type Files = { readonly playlist: Buffer; readonly part: Buffer };

/** A gateway with one stream and its viewers. With a data folder the stream is signed, and all viewers have one token. */
async function serve(
  clipFile: string,
  options: HttpOptions,
  dataDir?: string,
): Promise<{ readonly served: Served; readonly files: Files }> {
  const args = dataDir === undefined ? [] : ['--playback-access', 'signed', '--data-dir', dataDir];
  const gateway = await startGateway({ withLoopDelay: true, args });
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const targets = [{ port: gateway.rtmpPort, name: STREAM }];
  await publisher.call('start', { clipFile, targets, spreadMs: 0 });
  const token = dataDir === undefined ? undefined : await tokenOf(dataDir);
  const mediaUrl = await mediaPlaylistUrl(gateway.httpUrl, STREAM, token);
  const title = token === undefined ? 'Sluice, LL-HLS' : 'Sluice, LL-HLS, signed';
  const served = await measureGateway(gateway, mediaUrl, title, options);
  const files = await sampleFiles(mediaUrl);
  await publisher.child.stop('SIGKILL');
  await gateway.child.stop();
  return { served, files };
}

async function tokenOf(dataDir: string): Promise<string> {
  const [secret = ''] = await storedPlaybackSecrets(await FolderStore.open(dataDir));
  return writePlaybackToken(secret, { name: STREAM, expiresAt: Date.now() + TOKEN_MS });
}

async function measureGateway(
  gateway: RunningGateway,
  mediaUrl: string,
  title: string,
  { viewers, seconds, say }: HttpOptions,
): Promise<Served> {
  await delay(WARM_UP_MS);
  const idle = await cpuDuring([gateway.child.pid], seconds);
  say(`${title}, without viewers: ${shown(idle, 1)} ms of CPU a second`);
  const audience = startAudience();
  await audience.call('follow', { mediaUrl, viewers });
  await delay(WARM_UP_MS);
  await audience.call('take', undefined);
  await takeLoopDelay(gateway);
  const busy = await cpuDuring([gateway.child.pid], seconds);
  const loop = await takeLoopDelay(gateway);
  const report = await audience.call('take', undefined);
  await audience.child.stop('SIGKILL');
  say(`${title}, with ${viewers} viewers: ${shown(busy, 1)} ms of CPU a second`);
  return { title, cpuMsPerSecond: busy, idleMsPerSecond: idle, report, loop };
}

async function measureNginx(
  program: string,
  files: Files,
  { viewers, seconds, say }: HttpOptions,
): Promise<Served> {
  const nginx = await startNginx(program, files);
  const audience = startAudience();
  const { playlistUrl, partUrl } = nginx;
  await audience.call('repeat', { playlistUrl, partUrl, viewers, intervalMs: PART_MS });
  await delay(WARM_UP_MS);
  await audience.call('take', undefined);
  const busy = await cpuDuring([nginx.child.pid], seconds);
  const report = await audience.call('take', undefined);
  await audience.child.stop('SIGKILL');
  await nginx.child.stop();
  say(`nginx with ${viewers} viewers: ${shown(busy, 1)} ms of CPU a second`);
  return { title: 'nginx, files', cpuMsPerSecond: busy, idleMsPerSecond: 0, report, loop: undefined };
}

function startAudience(): Worker<ViewersCalls> {
  return startWorker<ViewersCalls>(new URL('viewers.ts', import.meta.url));
}

/** CPU milliseconds a second. */
async function cpuDuring(pids: readonly number[], seconds: number): Promise<number> {
  const before = { at: performance.now(), cpu: cpuMsOf(pids) };
  await delay(seconds * 1000);
  return ((cpuMsOf(pids) - before.cpu) * 1000) / (performance.now() - before.at);
}

/** The current playlist and a file with the mean size of parts: the same bytes a second as the gateway. */
async function sampleFiles(mediaUrl: string): Promise<Files> {
  const playlist = Buffer.from(await (await fetch(mediaUrl)).arrayBuffer());
  const { partUris } = parsePlaylistEdge(playlist.toString('latin1'));
  const parts = await Promise.all(
    partUris.map(async (uri) => Buffer.from(await (await fetch(new URL(uri, mediaUrl))).arrayBuffer())),
  );
  const meanBytes = parts.reduce((sum, part) => sum + part.length, 0) / parts.length;
  const part = Buffer.alloc(Math.round(meanBytes));
  return { playlist, part };
}

type Measured = { readonly open: Served; readonly signed: Served; readonly files: Served | undefined };

function render({ open, signed, files }: Measured, viewers: number, seconds: number): string {
  const rows = [open, signed, ...(files === undefined ? [] : [files])];
  const cells = rows.map((served) => row(served, viewers, seconds));
  const compare = (title: string, one: Served, other: Served): void => {
    const ratio = cpuUsPerViewerSecond(one, viewers) / cpuUsPerViewerSecond(other, viewers);
    cells.push([String(viewers), `**${title}**`, `**${shown(ratio, 2)}**`]);
  };
  compare('signed / open', signed, open);
  if (files !== undefined) compare('Sluice / nginx', open, files);
  const header = ['viewers', 'server', 'CPU µs per viewer-second', 'requests a second', 'Mbit/s'];
  const times = ['playlist p50 / p99 ms', 'crowd p50 / p99 ms', 'part p50 / p99 ms'];
  return renderTable([...header, ...times, 'loop delay p50 / p99 / max ms', 'errors'], cells);
}

function row(served: Served, viewers: number, seconds: number): readonly string[] {
  const { title, report, loop } = served;
  return [
    String(viewers),
    title,
    shown(cpuUsPerViewerSecond(served, viewers)),
    shown((report.playlists.count + report.parts.count) / seconds),
    shown((report.bytes * 8) / seconds / 1e6),
    both(report.playlists),
    both(report.crowd),
    both(report.parts),
    loop === undefined ? '–' : `${shown(loop.p50Ms, 1)} / ${shown(loop.p99Ms, 1)} / ${shown(loop.maxMs, 1)}`,
    String(report.errors),
  ];
}

function cpuUsPerViewerSecond({ cpuMsPerSecond, idleMsPerSecond }: Served, viewers: number): number {
  return ((cpuMsPerSecond - idleMsPerSecond) * 1000) / viewers;
}

function both({ p50Ms, p99Ms }: Times): string {
  return `${shown(p50Ms, 1)} / ${shown(p99Ms, 1)}`;
}
