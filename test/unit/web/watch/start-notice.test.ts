// The notification when a stream starts, in browsers that offer it and then refuse it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/watch/start-notice.ts';

/** The parts of an element that the button needs. */
class PlainNode extends EventTarget {
  hidden = false;
  disabled = false;
  textContent = '';
  setAttribute(): void {}
  append(): void {}
}

/** Chrome for Android: asks for permission, but pages cannot make a notification. */
class Notification {
  static permission = 'default';
  static requestPermission(): Promise<string> {
    return Promise.resolve('granted');
  }
  constructor() {
    throw new TypeError('Illegal constructor');
  }
}

beforeAll(() => {
  vi.stubGlobal('window', { isSecureContext: true, Notification });
  vi.stubGlobal('Notification', Notification);
  vi.stubGlobal('document', {
    visibilityState: 'hidden',
    createElement: () => new PlainNode(),
    createElementNS: () => new PlainNode(),
  });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

test('a stream starts although the browser makes no notification', async () => {
  const { StartNotice } = await import(FILE);
  const notice = new StartNotice('show');
  notice.show('offline');
  expect(notice.button.hidden).toBe(false);
  notice.button.dispatchEvent(new Event('click'));
  await vi.waitFor(() => expect(notice.button.disabled).toBe(true));
  expect(() => notice.show('live')).not.toThrow();
  expect([notice.button.hidden, notice.button.disabled]).toEqual([true, false]);
});
