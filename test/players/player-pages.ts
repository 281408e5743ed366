// Pages as users of each player library would write them, from another origin than the gateway's, so that CORS is tested
// too.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { whenDone } from '../support/cleanup.ts';
import { CHECKOUT } from '../support/gateway-process.ts';

export type PlayerPage = {
  /** As in the table. */
  readonly name: string;
  /** The npm package that contains it. */
  readonly library: string;
  /** The player's script, inside the package. */
  readonly script: string;
  /**
   * Starts to play `url` in `video`. It defines a function `sluiceLatencyMs`, which returns NaN while there is nothing to
   * measure, and reports errors to `sluiceError`.
   */
  readonly code: string;
};

/** Each library's default settings. hls.js leaves the recovery from fatal errors to the page, as its manual shows. */
const HLS_JS = `
  const hls = new Hls();
  hls.on(Hls.Events.ERROR, (_event, error) => {
    sluiceError((error.fatal ? 'fatal ' : '') + error.details);
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(() => hls.startLoad(), 500);
    else if (error.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  window.sluiceLatencyMs = () => hls.playingDate ? Date.now() - hls.playingDate.getTime() : NaN;
`;
const SHAKA = `
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  const tell = ({ code, data = [], message }) => sluiceError(['shaka', code, ...(code ? data : [message])].join(' '));
  player.addEventListener('error', ({ detail }) => tell(detail));
  player.attach(video).then(() => player.load(url)).catch(tell);
  window.sluiceLatencyMs = () => {
    const date = player.getPlayheadTimeAsDate();
    return date ? Date.now() - date.getTime() : NaN;
  };
`;
const VIDEO_JS = `
  const player = videojs(video, { autoplay: 'muted', liveui: true, html5: { vhs: { overrideNative: true } } });
  player.on('error', () => sluiceError('video.js ' + player.error()?.code + ' ' + player.error()?.message));
  player.src({ src: url, type: 'application/x-mpegURL' });
  window.sluiceLatencyMs = () => {
    const track = Array.from(player.textTracks()).find(({ label }) => label === 'segment-metadata');
    const { dateTimeObject, start } = track?.activeCues?.[0]?.value ?? {};
    return dateTimeObject ? Date.now() - dateTimeObject.getTime() - (player.currentTime() - start) * 1000 : NaN;
  };
`;

export const PLAYER_PAGES = {
  hlsFull: { name: 'hls.js', library: 'hls.js', script: 'dist/hls.min.js', code: HLS_JS },
  hlsLight: { name: 'hls.js light', library: 'hls.js', script: 'dist/hls.light.min.js', code: HLS_JS },
  shaka: {
    name: 'Shaka Player',
    library: 'shaka-player',
    script: 'dist/shaka-player.compiled.js',
    code: SHAKA,
  },
  videoJs: {
    name: 'Video.js',
    library: 'video.js',
    script: 'dist/video.min.js',
    code: VIDEO_JS,
  },
} as const satisfies Readonly<Record<string, PlayerPage>>;

/** Version of an installed package. */
export async function libraryVersion(library: string): Promise<string> {
  const file = path.join(CHECKOUT, 'node_modules', library, 'package.json');
  const manifest: { readonly version: string } = JSON.parse(await readFile(file, 'utf8'));
  return manifest.version;
}

/** Serves a page until the test ends; resolves with its address. */
export async function servePage(page: PlayerPage, playlistUrl: string): Promise<string> {
  const script = await readFile(path.join(CHECKOUT, 'node_modules', page.library, page.script));
  const html = renderPage(page, playlistUrl);
  const server = createServer((request, response) => {
    const isScript = request.url === '/player.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isScript ? script : html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  // Another host than the gateway's 127.0.0.1, for players that ignore the port when they compare origins.
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

function renderPage(page: PlayerPage, playlistUrl: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${page.name}</title>
<link rel="icon" href="data:,">
<video muted autoplay playsinline width="640" height="360"></video>
<script src="/player.js"></script>
<script>
  window.sluiceErrors = [];
  const sluiceError = (text) => window.sluiceErrors.push(text);
  window.addEventListener('error', ({ message }) => sluiceError(message));
  const url = ${JSON.stringify(playlistUrl)};
  const video = document.querySelector('video');
  ${page.code}
</script>
</html>
`;
}
