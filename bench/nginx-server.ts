// The comparison for serving: nginx with one worker and given files in memory.

import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { untilListening } from './process-usage.ts';
import { freePort, makeMemoryFolder } from './programs.ts';

export type NginxServer = {
  readonly child: Child;
  readonly urlOf: (file: string) => string;
};

/** Contents by file name. Resolves when it listens. Throws with its messages when it does not. */
export async function startNginx(
  program: string,
  files: Readonly<Record<string, Buffer>>,
): Promise<NginxServer> {
  const folder = makeMemoryFolder();
  // If started as root, its worker runs as another user, who must be able to read the files.
  chmodSync(folder, 0o755);
  const port = await freePort();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const configFile = path.join(folder, 'nginx.conf');
  writeFileSync(configFile, `${nginxMain(folder)}\n${nginxHttp(folder, port)}`);
  const child = await startChild(program, ['-p', folder, '-c', configFile, '-e', 'stderr']);
  await untilListening(child, [port]);
  return { child, urlOf: (file) => `http://127.0.0.1:${port}/${file}` };
}

/** One worker in the foreground. As root it stays root, so that it may write into the folder. */
export function nginxMain(folder: string): string {
  return `
daemon off;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
events { worker_connections 8192; }
`;
}

/** Files of `folder` with sendfile, and headers as for HLS. */
export function nginxHttp(folder: string, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `
http {
  ${paths.join('\n  ')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  types { application/vnd.apple.mpegurl m3u8; video/mp4 m4s mp4; video/mp2t ts; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${folder};
    location ~ \\.(m4s|mp4|ts)$ { add_header cache-control "public, max-age=31536000, immutable"; }
    location ~ \\.m3u8$ { add_header cache-control no-cache; }
  }
}
`;
}
