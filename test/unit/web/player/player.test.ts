// What the player knows of the stream that it keeps, with the browser's own HLS player.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StreamSource } from '../../../../web/player/source-action.ts';
import { whenDone } from '../../../support/cleanup.ts';

// Its types need those of a browser.
const FILE: string = '../../../../web/player/player.ts';
const LIVE: StreamSource = { state: 'live', url: 'http://127.0.0.1:1/live/show/index.m3u8' };
const PICTURE = 'avc1.64001f';

class Video extends EventTarget {
  readyState = 0;
  seekable: object = { length: 0 };
  readonly error = { code: 2, message: 'lost' };
  readonly buffered = { length: 0 };
  paused = true;
  muted = false;
  currentTime = 0;
  src = '';
  canPlayType = () => 'maybe';
  play = () => Promise.resolve();
  pause(): void {}
  removeAttribute(): void {}
  load(): void {}
}

beforeAll(() => {
  vi.stubGlobal('window', { setInterval: () => 0, clearTimeout: () => {} });
  vi.stubGlobal('HTMLMediaElement', { HAVE_NOTHING: 0 });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

it('lacks sound as soon as the stream that it keeps has some', async () => {
  const { Player } = await import(FILE);
  const [autoplay, muted, latencyMode, onChange] = [true, true, () => 'low', () => {}];
  const player = new Player({ video: new Video(), autoplay, muted, latencyMode, onChange });
  player.follow({ ...LIVE, codecs: PICTURE });
  await vi.waitFor(() => expect(player.engine).toBeDefined());
  expect(player.lacksSound).toBe(false);
  player.follow({ ...LIVE, state: 'reconnecting' });
  expect(player.lacksSound).toBe(false);
  player.follow({ ...LIVE, codecs: `${PICTURE},mp4a.40.2` });
  expect(player.lacksSound).toBe(true);
  player.follow({ ...LIVE, state: 'offline' });
});

it('goes on where the viewer was behind live when another token is accepted', async () => {
  const { Player } = await import(FILE);
  let status = 200;
  const server = createServer((_request, response) =>
    response.writeHead(status).end('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:2,\na.m4s\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const source: StreamSource = { ...LIVE, url: `http://127.0.0.1:${port}/live/show/index.m3u8` };
  const video = Object.assign(new Video(), {
    ...{ readyState: 1, seekable: { length: 1, start: () => 0, end: () => 600 }, currentTime: 588 },
  });
  const player = new Player({
    video,
    autoplay: true,
    muted: true,
    latencyMode: () => 'low',
    onChange: () => {},
  });
  whenDone(() => {
    player.follow({ ...source, state: 'offline' });
    server.closeAllConnections();
    server.close();
  });
  player.follow(source);
  await vi.waitFor(() => expect(player.engine?.playableRange()).toEqual({ startS: 0, endS: 588 }));
  player.seekBehindLive(100);
  expect(video.currentTime).toBe(488);
  status = 403;
  video.dispatchEvent(new Event('error'));
  await vi.waitFor(() => expect(player.playback).toBe('denied'), 5_000);
  video.currentTime = 0;
  status = 200;
  player.follow(source);
  await vi.waitFor(() => expect(video.currentTime).toBe(488));
});
