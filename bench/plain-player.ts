// The usual setup for ffmpeg's HLS: a static server, and a page with hls.js at its defaults that polls for the playlist.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { whenOver } from './clean-up.ts';
import { CHECKOUT } from './programs.ts';

const HLS_JS = path.join(CHECKOUT, 'node_modules/hls.js/dist/hls.min.js');
/** Short, so that polling adds little to the result. */
const POLL_MS = 100;
const PAGE = `<!doctype html><meta charset="utf-8"><title>waiting</title>
<video muted autoplay playsinline style="width:960px"></video>
<script src="/hls.js"></script>
<script>
  const hls = new Hls();
  const url = '/media/index.m3u8';
  const ask = () => fetch(url, { method: 'HEAD', cache: 'no-store' }).then(({ ok }) => {
    if (!ok) return setTimeout(ask, ${POLL_MS});
    hls.loadSource(url);
    hls.attachMedia(document.querySelector('video'));
  });
  ask();
  document.title = 'ready';
</script>`;

const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
};

export type PlainPlayer = { readonly url: string; readonly close: () => Promise<void> };

/** Serves the page, hls.js, and the files of `mediaFolder`, on a port of the system's choice. */
export async function servePlainPlayer(mediaFolder: string): Promise<PlainPlayer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    const isMedia = pathname.startsWith('/media/');
    const file = isMedia ? path.join(mediaFolder, path.basename(pathname)) : HLS_JS;
    if (!isMedia && pathname !== '/hls.js') return response.writeHead(404).end();
    try {
      const body = await readFile(file);
      const type = TYPES[path.extname(file)] ?? 'text/javascript';
      return response
        .writeHead(200, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-cache' })
        .end(request.method === 'HEAD' ? undefined : body);
    } catch {
      return response.writeHead(404, { 'cache-control': 'no-store' }).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  const close = whenOver(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${address.port}/`, close };
}
