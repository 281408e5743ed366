// The wake lock of a playing page: held while a picture plays, and asked for no more often than needed.
import { afterEach, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/stage/device-session.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

class Lock {
  released = false;
  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

async function openSession(answer: () => Promise<Lock>) {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const request = vi.fn(answer);
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { wakeLock: { request } });
  const { DeviceSession } = await import(FILE);
  const session = new DeviceSession({ title: 'show', artist: '', play: () => {}, pause: () => {} });
  const show = async (isPlaying: boolean): Promise<void> => {
    session.show({ isPlaying, isPaused: !isPlaying, hasPicture: true });
    await new Promise(setImmediate);
  };
  const appear = async (visibilityState: string): Promise<void> => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
    await new Promise(setImmediate);
  };
  return { request, show, appear };
}

test('holds one lock while a picture plays and somebody sees the page', async () => {
  const locks: Lock[] = [];
  const { show, appear } = await openSession(async () => {
    const lock = new Lock();
    locks.push(lock);
    return lock;
  });
  await show(true);
  await show(true);
  expect(locks.map(({ released }) => released)).toEqual([false]);
  await appear('hidden');
  await appear('visible');
  expect(locks.map(({ released }) => released)).toEqual([true, false]);
  await show(false);
  expect(locks.map(({ released }) => released)).toEqual([true, true]);
});

test('releases a lock that is granted after playback has ended', async () => {
  const lock = new Lock();
  let grant: (lock: Lock) => void = () => {};
  const { show } = await openSession(
    () =>
      new Promise((resolve) => {
        grant = resolve;
      }),
  );
  await show(true);
  await show(false);
  grant(lock);
  await vi.waitFor(() => expect(lock.released).toBe(true));
});

test('does not ask again while the browser refuses, and does after a pause or when the page is seen again', async () => {
  const { request, show, appear } = await openSession(() => Promise.reject(new Error('refused')));
  for (let look = 0; look < 5; look += 1) await show(true);
  expect(request).toHaveBeenCalledTimes(1);
  await show(false);
  await show(true);
  await show(true);
  expect(request).toHaveBeenCalledTimes(2);
  await appear('visible');
  expect(request).toHaveBeenCalledTimes(3);
});
