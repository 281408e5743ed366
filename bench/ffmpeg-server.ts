// The comparison: ffmpeg as a server for one stream.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { untilListening } from './process-usage.ts';
import { findFfmpeg, freePort } from './programs.ts';

export type FfmpegServer = {
  readonly child: Child;
  readonly port: number;
  readonly playlistFile: string;
  readonly folder: string;
};

const PLAYLIST = 'index.m3u8';

/** Starts `ffmpeg -listen 1` for the stream `name`; its HLS goes to a folder below `parent`. Resolves when it listens. */
export async function startFfmpegServer(name: string, parent: string): Promise<FfmpegServer> {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const port = await freePort();
  const playlistFile = path.join(folder, PLAYLIST);
  const input = ['-listen', '1', '-i', `rtmp://127.0.0.1:${port}/live/${name}`];
  const hls = ['-f', 'hls', '-hls_time', '2', '-hls_segment_type', 'fmp4'];
  const flags = ['-hls_flags', 'delete_segments+program_date_time'];
  const quiet = ['-hide_banner', '-nostdin', '-v', 'error'];
  // cwd: ffmpeg writes the init segment into the working directory.
  const child = await startChild(
    findFfmpeg(),
    [...quiet, ...input, '-c', 'copy', ...hls, ...flags, playlistFile],
    {
      cwd: folder,
    },
  );
  await untilListening(child, [port]);
  return { child, port, playlistFile, folder };
}

/** The current playlist; undefined while there is none. */
export function readPlaylistFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Bytes of the files of a folder. The gateway keeps this media in memory. */
export function fileBytesIn(folder: string): number {
  return readdirSync(folder)
    .map((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
