// `topics`: what followers of the WebSocket cost the gateway. Each row is a difference: the same load with and without followers.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseFlvFile } from '../server/flv/flv-file.ts';
import { clipFrom, playInLoop } from '../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../server/relay/rtmp-publisher.ts';
import { whenOver } from './clean-up.ts';
import { type RunningGateway, startGateway } from './gateway.ts';
import { renderTable, shownMean } from './markdown-table.ts';
import { cpuMsOf, memoryOf } from './process-usage.ts';
import { CHECKOUT } from './programs.ts';

export type TopicsOptions = {
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

const STREAMS = 200;
const VIEWERS = 5_000;
const CLIENTS = 1_000;
/** A viewer without a request for ten seconds is not counted. */
const VIEWER_INTERVAL_MS = 8_000;
/** As the pages report. */
const REPORT_INTERVAL_MS = 10_000;
/** Reports come from many addresses, because each may send 200 a second. */
const ADDRESSES = 25;
const SETTLE_MS = 2_000;
/** The one stream that goes on: 25 pictures a second. */
const LIVE = 'stream-0';

export async function runTopics({ seconds, rounds, say }: TopicsOptions): Promise<string> {
  const gateway = await startGateway({
    args: ['--rtmp-silence', '10m', '--rtmp-max-connections-per-address', '1000'],
  });
  say(`${STREAMS} streams and ${VIEWERS} viewers, who report`);
  await publishAll(gateway.rtmpPort);
  const stopViewers = watchAll(gateway.httpUrl);
  whenOver(stopViewers);
  await delay(2 * REPORT_INTERVAL_MS);
  say(`the gateway knows the reports of ${await measuredViewers(gateway.httpUrl)} viewers`);
  const measure = async (): Promise<number> => {
    await delay(SETTLE_MS);
    const pids = [gateway.child.process.pid ?? 0];
    const [cpuMs, startedAt] = [cpuMsOf(pids), performance.now()];
    await delay(seconds * 1000);
    return ((cpuMsOf(pids) - cpuMs) / (performance.now() - startedAt)) * 100;
  };
  const dashboard = await compare(rounds, measure, async () => {
    const page = await openSocket(gateway);
    for (const sub of [{ topic: 'streams' }, { topic: 'server' }, { topic: 'detail', name: LIVE }])
      page.send(JSON.stringify({ op: 'sub', ...sub }));
    return [page];
  });
  stopViewers();
  say(`${CLIENTS} WebSockets`);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openSocket(gateway)));
  const tell = (op: string) => {
    for (const each of clients) each.send(JSON.stringify({ op, topic: 'stream', name: LIVE }));
  };
  const followers = await compare(
    rounds,
    measure,
    async () => {
      tell('sub');
      return [];
    },
    () => tell('unsub'),
  );
  const { rssBytes } = memoryOf([gateway.child.process.pid ?? 0]);
  say(`the process has ${Math.round(rssBytes / 1e6)} MB`);
  return renderTable(
    ['followers', 'without, % of a core', 'with, % of a core', 'difference'],
    [
      [`a dashboard on ${STREAMS} streams with ${VIEWERS} counted viewers who report`, ...dashboard],
      [`${CLIENTS} WebSockets on one stream, once a second`, ...followers],
    ],
    1,
  );
}

/** Rounds without and with, one after the other. */
async function compare(
  rounds: number,
  measure: () => Promise<number>,
  open: () => Promise<readonly WebSocket[]>,
  end: () => void = () => {},
): Promise<readonly string[]> {
  const [without, withThem]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    without.push(await measure());
    const sockets = await open();
    withThem.push(await measure());
    for (const socket of sockets) socket.close();
    end();
  }
  const differences = withThem.map((value, at) => value - (without[at] ?? 0));
  return [without, withThem, differences].map((values) => shownMean(values, 2));
}

/** All streams get two seconds of media; one goes on. */
async function publishAll(port: number): Promise<void> {
  const clip = clipFrom(parseFlvFile(readFileSync(path.join(CHECKOUT, 'test/cases/tiny.flv'))));
  for (let at = 0; at < STREAMS; at += 1) {
    const publisher = new RtmpPublisher({ host: '127.0.0.1', port, app: 'live', streamName: `stream-${at}` });
    whenOver(() => publisher.close());
    await publisher.started;
    if (at === 0) {
      whenOver(playInLoop(clip, publisher));
      continue;
    }
    for (const tag of clip.tags) {
      if (tag.timestamp > 2_000) break;
      if (tag.kind === 'video') publisher.video(tag.timestamp, tag.body);
      else publisher.audio(tag.timestamp, tag.body);
    }
  }
}

async function measuredViewers(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const values = [...metrics.matchAll(/^sluice_viewers_measured(?:\{[^}]*\})? (\d+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Calls `each` for every viewer, one after the other, once in the interval. @returns a function that stops */
function inTurn(intervalMs: number, each: (viewer: number) => void): () => void {
  let at = 0;
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * VIEWERS) / intervalMs;
    for (; at < due; at += 1) each(at % VIEWERS);
  }, 20);
  return () => clearInterval(timer);
}

/**
 * Every viewer requests a playlist under a user agent of its own, and reports (CMCD version 2). The gateway takes reports from whom it counts,
 * so both come from one address. @returns a function that stops
 */
function watchAll(url: string): () => void {
  const agents = Array.from(
    { length: ADDRESSES },
    (_, at) => new Agent({ keepAlive: true, maxSockets: 4, localAddress: `127.0.1.${at + 1}` }),
  );
  const send = (viewer: number, path: string, body = ''): void => {
    const headers = {
      'user-agent': `Mozilla/5.0 (X11; Linux x86_64) Firefox/143.${viewer}`,
      ...(body === '' ? {} : { 'content-type': 'application/cmcd', 'content-length': body.length }),
    };
    const agent = agents[viewer % ADDRESSES];
    const sent = request(`${url}${path}`, {
      method: body === '' ? 'GET' : 'POST',
      headers,
      ...(agent === undefined ? {} : { agent }),
    });
    sent.on('response', (response) => response.on('error', () => {}).resume()).on('error', () => {});
    sent.end(body);
  };
  const stops = [
    inTurn(VIEWER_INTERVAL_MS, (viewer) => send(viewer, `/live/stream-${viewer % STREAMS}/main.m3u8`)),
    inTurn(REPORT_INTERVAL_MS, (viewer) => {
      const now = `sid="viewer-${viewer}",cid="stream-${viewer % STREAMS}",e=t,ts=${Date.now()}`;
      send(viewer, '/cmcd', `v=2,${now},sta=p,ltc=1480,bl=(1200)`);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const agent of agents) agent.destroy();
  };
}

async function openSocket({ httpUrl }: RunningGateway): Promise<WebSocket> {
  const socket = new WebSocket(`${httpUrl.replace('http', 'ws')}/ws/v1`, { perMessageDeflate: false });
  whenOver(() => socket.terminate());
  socket.on('message', () => {});
  await once(socket, 'open');
  return socket;
}
