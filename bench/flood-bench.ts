// `flood`: processor time of one playlist, part and segment under saturation, beside bare node:http and nginx with the same bytes.

import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { FloodCalls } from './flood.ts';
import type { FloodFloorCalls } from './flood-floor.ts';
import { startGateway } from './gateway.ts';
import { renderTable, shown } from './markdown-table.ts';
import { makeClip } from './media-clip.ts';
import { startNginx } from './nginx-server.ts';
import { mediaPlaylistUrl } from './playlist-edge.ts';
import { cpuMsOf } from './process-usage.ts';
import { findNginx } from './programs.ts';
import type { PublisherCalls } from './publisher.ts';
import { median } from './statistics.ts';
import { startWorker, type Worker } from './worker.ts';

export type FloodOptions = {
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

type What = 'playlist' | 'part' | 'segment';
type Server = {
  readonly title: string;
  readonly pid: number;
  readonly urlOf: (what: What) => Promise<string>;
};
type Cost = { readonly usPerAnswer: number; readonly answersPerSecond: number };

const STREAM = 'flood';
const CONNECTIONS = 32;
/** Some whole segments are listed. */
const WARM_UP_MS = 8_000;
/** Code is compiled. */
const FIRST_FLOOD_MS = 1_000;
const WHATS: readonly What[] = ['playlist', 'part', 'segment'];

/** @returns a Markdown table */
export async function runFlood(options: FloodOptions): Promise<string> {
  const gateway = await startGateway();
  const publisher = startWorker<PublisherCalls>(new URL('publisher.ts', import.meta.url));
  const targets = [{ port: gateway.rtmpPort, name: STREAM }];
  await publisher.call('start', { clipFile: await makeClip('load'), targets, spreadMs: 0 });
  const mediaUrl = await mediaPlaylistUrl(gateway.httpUrl, STREAM);
  await delay(WARM_UP_MS);
  const urlOf = (what: What): Promise<string> => newest(mediaUrl, what);
  const sluice: Server = { title: 'Sluice', pid: gateway.child.pid, urlOf };
  const servers = [sluice, ...(await startPeers(urlOf))];
  const flooder = startWorker<FloodCalls>(new URL('flood.ts', import.meta.url));
  const costs = new Map<string, Cost[]>();
  const run = async (server: Server, what: What, ms: number): Promise<Cost> => {
    const url = await server.urlOf(what);
    const before = cpuMsOf([server.pid]);
    const answers = await flooder.call('flood', { url, connections: CONNECTIONS, ms });
    const cpuMs = cpuMsOf([server.pid]) - before;
    return { usPerAnswer: (cpuMs * 1000) / answers, answersPerSecond: (answers * 1000) / ms };
  };
  for (const what of WHATS) for (const server of servers) await run(server, what, FIRST_FLOOD_MS);
  for (let round = 0; round < options.rounds; round += 1) {
    // The order alternates, so that a slow machine slows all.
    const order = round % 2 === 0 ? servers : [...servers].reverse();
    for (const what of WHATS) {
      for (const server of order) {
        const cost = await run(server, what, options.seconds * 1000);
        const key = `${server.title} ${what}`;
        costs.set(key, [...(costs.get(key) ?? []), cost]);
        options.say(`${key}: ${shown(cost.usPerAnswer, 1)} µs`);
      }
    }
  }
  return render(servers, costs);
}

/** Bare node:http, and nginx if it is installed, with a copy of the same bytes. */
async function startPeers(urlOf: Server['urlOf']): Promise<readonly Server[]> {
  const [playlist, part, segment] = await Promise.all(WHATS.map(async (what) => bytesOf(await urlOf(what))));
  if (playlist === undefined || part === undefined || segment === undefined) throw new Error('no media');
  const floor: Worker<FloodFloorCalls> = startWorker(new URL('flood-floor.ts', import.meta.url));
  const bodies = { '/playlist': playlist, '/part': part, '/segment': segment };
  const { port } = await floor.call('listen', { bodies });
  const bare: Server = {
    title: 'node:http',
    pid: floor.child.pid,
    urlOf: async (what) => `http://127.0.0.1:${port}/${what}`,
  };
  const program = findNginx();
  if (program === undefined) return [bare];
  const nginx = await startNginx(program, { playlist, part, segment });
  const urls = { playlist: nginx.playlistUrl, part: nginx.partUrl, segment: nginx.segmentUrl };
  return [bare, { title: 'nginx', pid: nginx.child.pid, urlOf: async (what) => urls[what] }];
}

/** As a player gets it: playlists are compressed. */
function bytesOf(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { 'accept-encoding': 'gzip, br' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks)));
    });
    request.once('error', reject);
  });
}

/** The address of the newest one. */
async function newest(mediaUrl: string, what: What): Promise<string> {
  if (what === 'playlist') return mediaUrl;
  const text = await (await fetch(mediaUrl)).text();
  const found =
    what === 'part'
      ? [...text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].at(-1)?.[1]
      : [...text.matchAll(/^#EXTINF:.*\n(?:#.*\n)*([^#\n].*)$/gm)].at(-1)?.[1];
  if (found === undefined) throw new Error(`the playlist lists no ${what}`);
  return new URL(found, mediaUrl).href;
}

function render(servers: readonly Server[], costs: ReadonlyMap<string, readonly Cost[]>): string {
  const rows = WHATS.flatMap((what) => {
    const of = (server: Server): readonly Cost[] => costs.get(`${server.title} ${what}`) ?? [];
    const [sluice] = servers;
    return servers.map((server) => {
      const mine = sluice === undefined ? [] : of(sluice);
      const ratios = of(server).map(({ usPerAnswer }, at) => (mine[at]?.usPerAnswer ?? 0) / usPerAnswer);
      return [
        what,
        server.title,
        shown(median(of(server).map(({ usPerAnswer }) => usPerAnswer)), 1),
        shown(median(of(server).map(({ answersPerSecond }) => answersPerSecond))),
        server === sluice
          ? ''
          : `${shown(median(ratios), 2)} (${shown(Math.min(...ratios), 2)}–${shown(Math.max(...ratios), 2)})`,
      ];
    });
  });
  return renderTable(['answer', 'server', 'CPU µs', 'answers a second', 'Sluice / server'], rows);
}
