// `crowd`: ten thousand requests wait for one part, or for the loss of the publisher, and are answered together. Compared with
// a bare node:http server and a bare TCP server that answer as many.

import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { CrowdCalls, CrowdReport } from './crowd.ts';
import type { CrowdFloorCalls, FloorKind } from './crowd-floor.ts';
import { type LoopDelay, type RunningGateway, startGateway, takeLoopDelay } from './gateway.ts';
import { renderTable, shown } from './markdown-table.ts';
import { makeClip } from './media-clip.ts';
import { mediaPlaylistUrl, parsePlaylistEdge } from './playlist-edge.ts';
import type { PublisherCalls } from './publisher.ts';
import { mean, median, percentile } from './statistics.ts';
import { startWorker, type Worker } from './worker.ts';

export type CrowdOptions = {
  readonly waiting: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

type Row = { readonly title: string; readonly reports: readonly CrowdReport[]; readonly loop?: LoopDelay };

const FLOOR_TITLES = {
  http: 'node:http, one loop',
  tcp: 'TCP in Node, ready bytes, one loop',
} as const;
const STREAM = 'crowd';
const WARM_UP_MS = 5_000;
/** Time for sent requests to arrive. */
const ARRIVE_MS = 500;
const POLL_MS = 20;

/** @returns a Markdown table */
export async function runCrowd(options: CrowdOptions): Promise<string> {
  const { waiting, say } = options;
  const clipFile = await makeClip('load');
  const gateway = await startGateway({ withLoopDelay: true });
  const publisher = await startPublisher(clipFile, gateway);
  const mediaUrl = await mediaPlaylistUrl(gateway.httpUrl, STREAM);
  await delay(WARM_UP_MS);
  const crowd = startWorker<CrowdCalls>(new URL('crowd.ts', import.meta.url));
  await crowd.call('gather', { port: Number(new URL(gateway.httpUrl).port), count: waiting });
  say(`${waiting} connections are open`);
  const rows = [await measureParts(gateway, crowd, mediaUrl, options)];
  rows.push(
    await measureLosses(crowd, mediaUrl, publisher, () => startPublisher(clipFile, gateway), options),
  );
  const body = gzipSync(await (await fetch(mediaUrl)).text());
  await crowd.child.stop('SIGKILL');
  await gateway.child.stop();
  rows.splice(1, 0, await measureFloor('http', body, options), await measureFloor('tcp', body, options));
  return render(rows, options);
}

/** Each round waits for the segment after the open one, so that all requests arrive before it. */
async function measureParts(
  gateway: RunningGateway,
  crowd: Worker<CrowdCalls>,
  mediaUrl: string,
  { rounds, say }: CrowdOptions,
): Promise<Row> {
  const reports: CrowdReport[] = [];
  let loop: LoopDelay = { p50Ms: 0, p99Ms: 0, maxMs: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const msn = await openSegment(mediaUrl);
    await crowd.call('ask', { path: `${new URL(mediaUrl).pathname}?_HLS_msn=${msn + 1}` });
    await delay(ARRIVE_MS);
    await takeLoopDelay(gateway);
    reports.push(await crowd.call('answers', undefined));
    const delayed = await takeLoopDelay(gateway);
    if (delayed.maxMs > loop.maxMs) loop = delayed;
    say(`round ${round + 1}: p99 ${shown(reports.at(-1)?.p99Ms ?? Number.NaN, 1)} ms`);
  }
  return { title: 'Sluice, a part comes', reports, loop };
}

/** Each round kills the publisher, so the awaited segment never comes. The next round has a new publisher. */
async function measureLosses(
  crowd: Worker<CrowdCalls>,
  mediaUrl: string,
  first: Worker<PublisherCalls>,
  startNext: () => Promise<Worker<PublisherCalls>>,
  { rounds, say }: CrowdOptions,
): Promise<Row> {
  const reports: CrowdReport[] = [];
  const lastMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const publisher = round === 0 ? first : await startNext();
    if (round > 0) await delay(WARM_UP_MS);
    const msn = await openSegment(mediaUrl);
    await crowd.call('ask', { path: `${new URL(mediaUrl).pathname}?_HLS_msn=${msn + 1}` });
    await delay(ARRIVE_MS);
    const killedAtMs = performance.timeOrigin + performance.now();
    await publisher.child.stop('SIGKILL');
    const report = await crowd.call('answers', undefined);
    reports.push(report);
    lastMs.push(report.lastAtMs - killedAtMs);
    say(`loss ${round + 1}: last answer ${shown(report.lastAtMs - killedAtMs)} ms after the kill`);
  }
  const [p50, max] = [median(lastMs), percentile(lastMs, 1)];
  const title = `Sluice, the publisher dies: the last ${shown(p50)} ms after the kill (median), ${shown(max)} at most`;
  return { title, reports };
}

async function startPublisher(clipFile: string, gateway: RunningGateway): Promise<Worker<PublisherCalls>> {
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const targets = [{ port: gateway.rtmpPort, name: STREAM }];
  await publisher.call('start', { clipFile, targets, spreadMs: 0 });
  return publisher;
}

async function measureFloor(kind: FloorKind, body: Buffer, { waiting, rounds }: CrowdOptions): Promise<Row> {
  const floor = startWorker<CrowdFloorCalls>(new URL('crowd-floor.ts', import.meta.url));
  const crowd = startWorker<CrowdCalls>(new URL('crowd.ts', import.meta.url));
  const { port } = await floor.call('listen', { kind, body });
  await crowd.call('gather', { port, count: waiting });
  const reports: CrowdReport[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await crowd.call('ask', { path: '/' });
    while ((await floor.call('waiting', undefined)) < waiting) await delay(POLL_MS);
    await floor.call('release', undefined);
    reports.push(await crowd.call('answers', undefined));
  }
  await crowd.child.stop('SIGKILL');
  await floor.child.stop('SIGKILL');
  return { title: FLOOR_TITLES[kind], reports };
}

/** The number of a segment that has just been opened, almost two seconds before its end. */
async function openSegment(mediaUrl: string): Promise<number> {
  for (;;) {
    const { lastMsn, openParts } = parsePlaylistEdge(await (await fetch(mediaUrl)).text());
    if (openParts === 1) return lastMsn + 1;
    await delay(POLL_MS);
  }
}

function render(rows: readonly Row[], { waiting }: CrowdOptions): string {
  const means = (row: Row | undefined, key: 'p50Ms' | 'p99Ms' | 'maxMs'): number =>
    mean((row?.reports ?? []).map((report) => report[key]));
  const cells = rows.map((row) => {
    const statuses = row.reports.flatMap(({ statuses: counts }) => Object.keys(counts));
    return [
      String(waiting),
      row.title,
      [...new Set(statuses)].join(', '),
      ...(['p50Ms', 'p99Ms', 'maxMs'] as const).map((key) => shown(means(row, key), 1)),
      row.loop === undefined ? '–' : shown(row.loop.maxMs, 1),
    ];
  });
  const [ours, http, tcp] = rows.map((row) => means(row, 'p99Ms')) as [number, number, number];
  const ratio = (title: string, value: number) => [
    String(waiting),
    `**${title}**`,
    '',
    '',
    `**${shown(value, 2)}**`,
  ];
  cells.splice(3, 0, ratio('Sluice / node:http', ours / http), ratio('node:http / TCP', http / tcp));
  const header = ['waiting', 'server', 'answers', 'after the first: p50 ms', 'p99 ms', 'last ms'];
  return renderTable([...header, 'loop delay, max ms'], cells, 3);
}
