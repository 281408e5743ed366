// Full screen where a browser offers it for the video only, as on iPhones.
import { afterEach, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/stage/window-modes.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('opens the full screen of the video where documents have none', async () => {
  vi.stubGlobal('document', {});
  const { toggleFullscreen } = await import(FILE);
  const webkitEnterFullscreen = vi.fn();
  toggleFullscreen({}, { webkitEnterFullscreen });
  expect(webkitEnterFullscreen).toHaveBeenCalledTimes(1);
});

test('leaves full screen where there is one, and opens that of the stage otherwise', async () => {
  const exitFullscreen = vi.fn(() => Promise.resolve());
  const requestFullscreen = vi.fn(() => Promise.resolve());
  const page = { fullscreenEnabled: true, fullscreenElement: null as unknown, exitFullscreen };
  vi.stubGlobal('document', page);
  const { toggleFullscreen } = await import(FILE);
  toggleFullscreen({ requestFullscreen }, {});
  expect([requestFullscreen.mock.calls.length, exitFullscreen.mock.calls.length]).toEqual([1, 0]);
  page.fullscreenElement = {};
  toggleFullscreen({ requestFullscreen }, {});
  expect([requestFullscreen.mock.calls.length, exitFullscreen.mock.calls.length]).toEqual([1, 1]);
});
