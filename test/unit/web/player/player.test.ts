// What the player knows of the stream that it keeps, with the browser's own HLS player.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { StreamSource } from '../../../../web/player/source-action.ts';

// Its types need those of a browser.
const FILE: string = '../../../../web/player/player.ts';
const LIVE: StreamSource = { state: 'live', url: 'http://127.0.0.1:1/live/show/index.m3u8' };
const PICTURE = 'avc1.64001f';

class Video extends EventTarget {
  readonly readyState = 0;
  readonly seekable = { length: 0 };
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
