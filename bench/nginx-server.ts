// The comparison for serving: nginx with one worker and copies of the playlist and part as files.

import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from './child-process.ts';
import { isListening } from './process-usage.ts';
import { freePort, makeMemoryFolder } from './programs.ts';

export type NginxServer = {
  readonly child: Child;
  readonly playlistUrl: string;
  readonly partUrl: string;
  readonly segmentUrl: string;
};

const LISTEN_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

/** Resolves when it listens. Throws with its messages when it does not. */
export async function startNginx(
  program: string,
  files: { readonly playlist: Buffer; readonly part: Buffer; readonly segment?: Buffer },
): Promise<NginxServer> {
  const folder = makeMemoryFolder();
  // If started as root, its worker runs as another user, who must be able to read the files.
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFileSync(path.join(folder, 'index.m3u8'), files.playlist);
  writeFileSync(path.join(folder, 'part.m4s'), files.part);
  if (files.segment !== undefined) writeFileSync(path.join(folder, 'segment.m4s'), files.segment);
  const configFile = path.join(folder, 'nginx.conf');
  writeFileSync(configFile, config(folder, port));
  const child = await startChild(program, ['-p', folder, '-c', configFile, '-e', 'stderr']);
  const deadline = performance.now() + LISTEN_TIMEOUT_MS;
  while (!isListening(port)) {
    if (child.process.exitCode !== null || performance.now() > deadline) {
      throw new Error(`nginx does not listen on port ${port}:\n${child.stderr()}`);
    }
    await delay(POLL_MS);
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    child,
    playlistUrl: `${url}/index.m3u8`,
    partUrl: `${url}/part.m4s`,
    segmentUrl: `${url}/segment.m4s`,
  };
}

function config(folder: string, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `
daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
events { worker_connections 8192; }
http {
  ${paths.join('\n  ')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  types { application/vnd.apple.mpegurl m3u8; video/mp4 m4s; }
  server {
    listen 127.0.0.1:${port};
    root ${folder};
    location ~ \\.m4s$ { add_header cache-control "public, max-age=31536000, immutable"; }
    location ~ \\.m3u8$ { add_header cache-control no-cache; }
  }
}
`;
}
