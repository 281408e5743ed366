// What the watch page asks of the device, in a real Chromium: the media session, a screen that stays on, picture in picture, and the
// notification when a stream starts.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, untilPlaying } from '../support/browser.ts';
import { startGateway } from '../support/gateway-process.ts';

/** Keeps what the page makes; the browser's own objects do the work. As text: these files are checked without page types. */
const RECORDER = `
  window.kept = { actions: {}, locks: [], notices: [] };
  const { mediaSession, wakeLock } = navigator;
  const setActionHandler = mediaSession.setActionHandler.bind(mediaSession);
  mediaSession.setActionHandler = (action, handler) => {
    kept.actions[action] = handler;
    setActionHandler(action, handler);
  };
  const request = wakeLock.request.bind(wakeLock);
  wakeLock.request = async (kind) => {
    const lock = await request(kind);
    kept.locks.push(lock);
    return lock;
  };
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      kept.notices.push({ title: this.title, body: this.body, tag: this.tag });
    }
  };
`;

async function openRecorded(url: string): Promise<Page> {
  const { page } = await openPage('about:blank');
  await page.addInitScript(RECORDER);
  await page.goto(url);
  return page;
}

/** As a browser that shows another tab: a headless one shows every page, so this part is said to the page. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${isHidden ? 'hidden' : 'visible'}' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

const heldLocks = (page: Page) =>
  page.evaluate<number>('kept.locks.filter(({ released }) => !released).length');

it('headphones and the lock screen control playback, and the screen stays on while it plays', async () => {
  const gateway = await startGateway({ args: ['--pages-title', 'Channel Seven', '--stream-grace', '1s'] });
  const page = await openRecorded(gateway.url('/watch/show'));
  const session = (what: string) => page.evaluate(`navigator.mediaSession.${what}`);
  expect(await session('playbackState')).toBe('none');
  expect(await heldLocks(page)).toBe(0);
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  await untilPlaying(page, { minFrames: 30 });
  await expect.poll(() => session('playbackState')).toBe('playing');
  expect(await session('metadata.title')).toBe('show');
  expect(await session('metadata.artist')).toBe('Channel Seven');
  await expect.poll(() => heldLocks(page)).toBe(1);

  await page.evaluate('kept.actions.pause()');
  await page.locator('.stage[data-playback="paused"]').waitFor();
  expect(await session('playbackState')).toBe('paused');
  await expect.poll(() => heldLocks(page)).toBe(0);
  await page.evaluate('kept.actions.play()');
  await page.locator('.stage[data-playback="playing"]').waitFor();
  await expect.poll(() => heldLocks(page)).toBe(1);

  await setHidden(page, true);
  await expect.poll(() => heldLocks(page)).toBe(0);
  await setHidden(page, false);
  await expect.poll(() => heldLocks(page)).toBe(1);

  const pip = () => page.evaluate('document.pictureInPictureElement?.localName ?? ""');
  await page.mouse.move(300, 300);
  await page.getByRole('button', { name: 'Picture in picture' }).click();
  await expect.poll(pip).toBe('video');
  await page.getByRole('button', { name: 'Leave picture in picture' }).click();
  await expect.poll(pip).toBe('');

  encoder.end('goodbye');
  await page.locator('.stage[data-state="ended"][data-playback="ended"]').waitFor();
  expect(await session('playbackState')).toBe('none');
  await expect.poll(() => heldLocks(page)).toBe(0);
});

it('a viewer who asked for it is told that the stream has started, unless the page is seen', async () => {
  const gateway = await startGateway({ args: ['--stream-grace', '1s'] });
  const page = await openRecorded(gateway.url('/watch/show'));
  await page.context().grantPermissions(['notifications'], { origin: gateway.httpUrl });
  const button = page.locator('.notify');
  await button.click();
  await expect.poll(() => button.innerText()).toBe('You will get a notification when it starts');
  await setHidden(page, true);
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  await expect
    .poll(() => page.evaluate('kept.notices'))
    .toEqual([{ title: 'show is live', body: 'Press to watch.', tag: 'show' }]);
  encoder.end('goodbye');
  await page.locator('.stage[data-state="ended"]').waitFor();
  await setHidden(page, false);
  await button.click();
  const next = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  next.play(await loadClip('plain'));
  await page.locator('.stage[data-state="live"]').waitFor();
  expect(await page.evaluate('kept.notices.length')).toBe(1);
});

it('a viewer who refuses notifications is told so, and has no button next time', async () => {
  const gateway = await startGateway();
  const page = await openRecorded(gateway.url('/watch/show'));
  const session = await page.context().newCDPSession(page);
  await page.locator('.notify').waitFor();
  const { targetInfo } = await session.send('Target.getTargetInfo');
  await session.send('Browser.setPermission', {
    origin: gateway.httpUrl,
    permission: { name: 'notifications' },
    setting: 'denied',
    ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
  });
  await page.locator('.notify').click();
  await expect
    .poll(() => page.locator('.notify').innerText())
    .toBe('Your browser blocks notifications of this site');
  await page.reload();
  await page.locator('.stage[data-state="offline"]').waitFor();
  expect(await page.locator('.notify').isHidden()).toBe(true);
});

/** WebKit's part of AirPlay, which no other browser has. */
const AIRPLAY = `
  window.WebKitPlaybackTargetAvailabilityEvent = class extends Event {
    availability = 'available';
  };
  HTMLVideoElement.prototype.webkitShowPlaybackTargetPicker = () => { window.picked = true; };
`;

it('a television can take the playlist over by AirPlay', async () => {
  const gateway = await startGateway();
  const encoder = await ClipEncoder.publish({ port: gateway.rtmpPort, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  const { page } = await openPage('about:blank');
  await page.addInitScript(AIRPLAY);
  await page.goto(gateway.url('/watch/show'));
  await untilPlaying(page, { minFrames: 30 });
  const button = page.getByRole('button', { name: 'Play on a television with AirPlay' });
  expect(await button.count()).toBe(0);
  await page.evaluate(
    "document.querySelector('video').dispatchEvent(new WebKitPlaybackTargetAvailabilityEvent('webkitplaybacktargetavailabilitychanged'))",
  );
  await page.mouse.move(300, 300);
  await button.click();
  expect(await page.evaluate('window.picked')).toBe(true);
  expect(
    await page.evaluate(
      'document.querySelector(\'video > source[type="application/vnd.apple.mpegurl"]\')?.src',
    ),
  ).toMatch(/\/live\/show\/index\.m3u8$/);
  expect(await page.evaluate('document.querySelector("video").disableRemotePlayback')).toBe(false);
});
