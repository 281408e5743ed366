// One engine at a time on one video element, also when a load begins before the code of the engine has arrived.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/player/engine-load.ts';

class Video extends EventTarget {
  readonly readyState = 0;
  readonly seekable = { length: 0 };
  src = '';
  canPlayType = () => 'maybe';
  load(): void {}
  removeAttribute(): void {
    this.src = '';
  }
}

beforeAll(() => {
  vi.resetModules(); // a token of another test would be in the addresses
  vi.stubGlobal('window', {});
});

afterAll(() => {
  vi.unstubAllGlobals();
});

it('leaves the source of a second load alone that began before the first one was done', async () => {
  const { EngineLoad } = await import(FILE);
  const [engines, video] = [new EngineLoad(), new Video()];
  const load = (name: string): Promise<unknown> => {
    engines.release();
    const url = `http://127.0.0.1:1/live/${name}/index.m3u8`;
    return engines.load({
      video,
      url,
      startAt: { kind: 'live' },
      latencyMode: () => 'low',
      onFailure: () => {},
    });
  };
  await Promise.all([load('first'), load('second')]);
  expect(engines.current).toBeDefined();
  expect(video.src).toBe('http://127.0.0.1:1/live/second/index.m3u8');
  engines.release();
  expect(engines.current).toBeUndefined();
  expect(video.src).toBe('');
});
