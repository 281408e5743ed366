// The compared systems with one interface: start for N streams, publish addresses, segment counts, stop.

import { rmSync } from 'node:fs';
import { type FfmpegServer, filesBytes, readPlaylist, startFfmpegServer } from './ffmpeg-server.ts';
import type { FloorCalls } from './floor-server.ts';
import { startGateway } from './gateway.ts';
import { mediaPlaylistUrl, parsePlaylistEdge } from './playlist-edge.ts';
import { makeMemoryFolder } from './programs.ts';
import type { PublishTarget } from './publisher.ts';
import { startWorker } from './worker.ts';

export type SystemName = 'floor' | 'sluice' | 'ffmpeg';

export type System = {
  readonly targets: readonly PublishTarget[];
  readonly pids: readonly number[];
  /** Number of each stream's newest segment; undefined if nothing is packaged. */
  readonly newestSegments: () => Promise<readonly number[] | undefined>;
  /** Media outside the memory of the processes. */
  readonly filesBytes: () => number;
  readonly stop: () => Promise<void>;
};

export const SYSTEM_TITLES: Readonly<Record<SystemName, string>> = {
  floor: 'read and drop (Node)',
  sluice: 'Sluice',
  ffmpeg: 'ffmpeg -listen',
};

export function startSystem(name: SystemName, streams: number): Promise<System> {
  const names = Array.from({ length: streams }, (_, index) => `bench-${index}`);
  if (name === 'floor') return startFloor(names);
  return name === 'sluice' ? startSluice(names) : startFfmpegs(names);
}

async function startFloor(names: readonly string[]): Promise<System> {
  const worker = startWorker<FloorCalls>(new URL('floor-server.ts', import.meta.url));
  const { port } = await worker.call('listen', undefined);
  return {
    targets: names.map((name) => ({ port, name })),
    pids: [worker.child.pid],
    newestSegments: async () => undefined,
    filesBytes: () => 0,
    stop: () => worker.child.stop(),
  };
}

async function startSluice(names: readonly string[]): Promise<System> {
  // All publishers have the same address here.
  const limits = ['--rtmp-max-connections-per-address', String(names.length + 1)];
  const gateway = await startGateway({ args: limits });
  return {
    targets: names.map((name) => ({ port: gateway.rtmpPort, name })),
    pids: [gateway.child.pid],
    newestSegments: () => Promise.all(names.map((name) => newestSegment(gateway.httpUrl, name))),
    filesBytes: () => 0,
    stop: () => gateway.child.stop(),
  };
}

async function newestSegment(httpUrl: string, name: string): Promise<number> {
  const response = await fetch(await mediaPlaylistUrl(httpUrl, name));
  return parsePlaylistEdge(await response.text()).lastMsn;
}

async function startFfmpegs(names: readonly string[]): Promise<System> {
  const folder = makeMemoryFolder();
  const servers: FfmpegServer[] = [];
  for (const name of names) servers.push(await startFfmpegServer(name, folder));
  return {
    targets: servers.map(({ port }, index) => ({ port, name: names[index] ?? '' })),
    pids: servers.map(({ child }) => child.pid),
    newestSegments: async () =>
      servers.map((server) => parsePlaylistEdge(readPlaylist(server) ?? '').lastMsn),
    filesBytes: () => servers.reduce((sum, server) => sum + filesBytes(server), 0),
    stop: async () => {
      await Promise.all(servers.map(({ child }) => child.stop('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
