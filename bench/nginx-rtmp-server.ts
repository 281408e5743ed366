// The comparison: nginx with the RTMP module (Debian's libnginx-mod-rtmp), one worker, HLS as MPEG-TS in memory.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { nginxHttp, nginxMain } from './nginx-server.ts';
import { untilListening } from './process-usage.ts';
import { freePort, makeMemoryFolder, type NginxRtmp } from './programs.ts';

export type NginxRtmpServer = {
  readonly child: Child;
  /** From the start of the process. */
  readonly listeningMs: number;
  readonly rtmpPort: number;
  readonly httpPort: number;
  readonly folder: string;
  /** Where playlists and segments are. */
  readonly hlsFolder: string;
  readonly mediaUrl: (name: string) => string;
};

/** Resolves when it listens. Throws with its messages when it does not. */
export async function startNginxRtmp(found: NginxRtmp): Promise<NginxRtmpServer> {
  const folder = makeMemoryFolder();
  chmodSync(folder, 0o755);
  const hlsFolder = path.join(folder, 'hls');
  mkdirSync(hlsFolder);
  const [rtmpPort, httpPort] = [await freePort(), await freePort()];
  const configFile = path.join(folder, 'nginx.conf');
  const parts = [`load_module ${found.module};`, nginxMain(folder), rtmp(hlsFolder, rtmpPort)];
  writeFileSync(configFile, [...parts, nginxHttp(folder, httpPort)].join('\n'));
  const startedAt = performance.now();
  const child = await startChild(found.program, ['-p', folder, '-c', configFile, '-e', 'stderr']);
  await untilListening(child, [rtmpPort, httpPort]);
  const listeningMs = performance.now() - startedAt;
  const mediaUrl = (name: string): string => `http://127.0.0.1:${httpPort}/hls/${name}.m3u8`;
  return { child, listeningMs, rtmpPort, httpPort, folder, hlsFolder, mediaUrl };
}

/**
 * Fragments of one second: it cuts at the first key frame after that, so that with a key frame every two seconds segments have
 * two seconds. The playlist has 12 s, as Sluice's window.
 */
function rtmp(hlsFolder: string, port: number): string {
  return `
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${port};
    chunk_size 4096;
    application live {
      live on;
      hls on;
      hls_path ${hlsFolder};
      hls_fragment 1s;
      hls_playlist_length 12s;
    }
  }
}
`;
}
