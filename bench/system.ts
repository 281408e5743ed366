// The servers that receive streams, with one interface: start for N streams, where to publish and to fetch, stop.

import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { storedPlaybackSecrets } from '../server/access/playback-secrets.ts';
import { writePlaybackToken } from '../server/access/playback-token.ts';
import { FolderStore } from '../server/store/folder-store.ts';
import { type FfmpegServer, fileBytesIn, readPlaylistFile, startFfmpegServer } from './ffmpeg-server.ts';
import type { FloorCalls } from './floor-server.ts';
import { type LoopDelay, startGateway, takeLoopDelay } from './gateway.ts';
import { startNginxRtmp } from './nginx-rtmp-server.ts';
import { startNodeMediaServer } from './node-media-server.ts';
import { mediaPlaylistUrl, parsePlaylistEdge } from './playlist-edge.ts';
import { findNginxRtmp, findNodeMediaServer, makeMemoryFolder } from './programs.ts';
import type { PublishTarget } from './publisher.ts';
import type { SystemName } from './system-names.ts';
import { startWorker } from './worker.ts';

export type System = {
  readonly targets: readonly PublishTarget[];
  readonly pids: readonly number[];
  /** Number of each stream's newest segment; undefined if nothing is packaged. */
  readonly newestSegments: () => Promise<readonly number[] | undefined>;
  /** Address of the first stream's media playlist, when it has media. Rejects if it is not served over HTTP. */
  readonly mediaUrl: () => Promise<string>;
  readonly servesHttp: boolean;
  /** Media outside the memory of the processes. */
  readonly filesBytes: () => number;
  /** Of the gateway only. */
  readonly takeLoopDelay: (() => Promise<LoopDelay>) | undefined;
  readonly stop: () => Promise<void>;
};

export type SystemOptions = {
  /** Folder given to `npm install --prefix` for node-media-server. */
  readonly peersFolder?: string | undefined;
};

const POLL_MS = 10;
/** Longer than a run. */
const TOKEN_MS = 12 * 3_600_000;
const FIRST_MEDIA_TIMEOUT_MS = 30_000;

const NOT_SERVED = {
  servesHttp: false,
  mediaUrl: () => Promise.reject(new Error('this system serves no playlist over HTTP')),
};

const NOTHING_PACKAGED = {
  newestSegments: async () => undefined,
  ...NOT_SERVED,
  filesBytes: () => 0,
  takeLoopDelay: undefined,
};

/** Throws for a system that receives no streams. */
export function startSystem(name: SystemName, streams: number, options: SystemOptions = {}): Promise<System> {
  const names = Array.from({ length: streams }, (_, index) => `bench-${index}`);
  if (name === 'sluice') return startSluice(names, []);
  if (name === 'sluice-100ms') return startSluice(names, ['--hls-part', '100ms']);
  if (name === 'sluice-signed') return startSigned(names);
  if (name === 'nginx-rtmp') return startWithModule(names);
  if (name === 'ffmpeg') return startFfmpegs(names);
  if (name === 'node-media-server') return startFromNpm(names, options.peersFolder);
  if (name === 'read-and-drop') return startFloor(names);
  throw new Error(`${name} receives no streams`);
}

async function startFloor(names: readonly string[]): Promise<System> {
  const worker = startWorker<FloorCalls>(new URL('floor-server.ts', import.meta.url));
  const { port } = await worker.call('listen', undefined);
  return {
    ...NOTHING_PACKAGED,
    targets: names.map((name) => ({ port, name })),
    pids: [worker.child.pid],
    stop: () => worker.child.stop(),
  };
}

/** Every stream needs a token, and all viewers have the same. */
function startSigned(names: readonly string[]): Promise<System> {
  const dataDir = makeMemoryFolder();
  const args = ['--playback-access', 'signed', '--data-dir', dataDir];
  return startSluice(names, args, async (name) => {
    const [secret = ''] = await storedPlaybackSecrets(await FolderStore.open(dataDir));
    return writePlaybackToken(secret, { name, expiresAt: Date.now() + TOKEN_MS });
  });
}

async function startSluice(
  names: readonly string[],
  more: readonly string[],
  tokenOf: (name: string) => Promise<string | undefined> = async () => undefined,
): Promise<System> {
  // All publishers and all viewers have the same address here, and publishers of `flat-out` do not wait for the clock.
  const limits = [
    ...['--stream-max-ahead', '0s'],
    ...['--rtmp-max-connections-per-address', String(names.length + 1)],
    ...['--http-max-connections-per-address', '30000', '--http-max-held-per-address', '30000'],
  ];
  const gateway = await startGateway({ args: [...limits, ...more], withLoopDelay: true });
  const urlOf = async (name: string): Promise<string> =>
    mediaPlaylistUrl(gateway.httpUrl, name, await tokenOf(name));
  return {
    targets: names.map((name) => ({ port: gateway.rtmpPort, name })),
    pids: [gateway.child.pid],
    newestSegments: () => Promise.all(names.map(async (name) => newestIn(await textOf(await urlOf(name))))),
    servesHttp: true,
    mediaUrl: () => untilDone(() => urlOf(names[0] ?? '')),
    filesBytes: () => 0,
    takeLoopDelay: () => takeLoopDelay(gateway),
    stop: () => gateway.child.stop(),
  };
}

async function startWithModule(names: readonly string[]): Promise<System> {
  const found = findNginxRtmp();
  if (found === undefined) throw new Error('nginx or its RTMP module is not installed');
  const server = await startNginxRtmp(found);
  const url = server.mediaUrl(names[0] ?? '');
  return {
    targets: names.map((name) => ({ port: server.rtmpPort, name })),
    pids: [server.child.pid],
    newestSegments: async () =>
      names.map((name) => newestIn(readPlaylistFile(path.join(server.hlsFolder, `${name}.m3u8`)) ?? '')),
    servesHttp: true,
    mediaUrl: () => untilDone(async () => textOf(url).then(() => url)),
    filesBytes: () => fileBytesIn(server.hlsFolder),
    takeLoopDelay: undefined,
    stop: async () => {
      await server.child.stop('SIGTERM');
      rmSync(server.folder, { recursive: true, force: true });
    },
  };
}

async function startFromNpm(names: readonly string[], peersFolder: string | undefined): Promise<System> {
  const found = findNodeMediaServer(peersFolder);
  if (found === undefined) throw new Error('node-media-server is not installed');
  const server = await startNodeMediaServer(found.folder);
  return {
    ...NOTHING_PACKAGED,
    targets: names.map((name) => ({ port: server.port, name })),
    pids: [server.child.pid],
    stop: () => server.child.stop('SIGKILL'),
  };
}

async function startFfmpegs(names: readonly string[]): Promise<System> {
  const folder = makeMemoryFolder();
  const servers: FfmpegServer[] = [];
  for (const name of names) servers.push(await startFfmpegServer(name, folder));
  return {
    targets: servers.map(({ port }, index) => ({ port, name: names[index] ?? '' })),
    pids: servers.map(({ child }) => child.pid),
    newestSegments: async () =>
      servers.map(({ playlistFile }) => newestIn(readPlaylistFile(playlistFile) ?? '')),
    ...NOT_SERVED,
    filesBytes: () => servers.reduce((sum, server) => sum + fileBytesIn(server.folder), 0),
    takeLoopDelay: undefined,
    stop: async () => {
      await Promise.all(servers.map(({ child }) => child.stop('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Repeats an attempt while the server has no media yet. */
async function untilDone<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + FIRST_MEDIA_TIMEOUT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(POLL_MS);
    }
  }
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return text;
}

function newestIn(playlist: string): number {
  return parsePlaylistEdge(playlist).lastMsn;
}
