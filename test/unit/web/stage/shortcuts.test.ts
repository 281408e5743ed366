// Keys of the page that reach the player, and those that do not.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/stage/shortcuts.ts';

class Page extends EventTarget {
  openDialog: object | null = null;
  querySelector = (selector: string): object | null => (selector === 'dialog[open]' ? this.openDialog : null);
}
const page = new Page();

beforeAll(() => {
  vi.stubGlobal('document', page);
  vi.stubGlobal('HTMLElement', class {});
});

afterAll(() => {
  vi.unstubAllGlobals();
});

function press(key: string, fields: object = {}): boolean {
  const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...fields });
  return !page.dispatchEvent(event);
}

test('keys are the player’s, except with a modifier, while text is composed, and while a dialog is open', async () => {
  const { bindShortcuts } = await import(FILE);
  const toggle = vi.fn();
  const [toggleCaptions, toggleStats, isOn] = [vi.fn(), vi.fn(), () => true];
  bindShortcuts({ stage: {}, video: {}, player: { toggle }, toggleCaptions, toggleStats, scope: 'page', isOn });
  expect(press('k')).toBe(true);
  expect(press('K', { shiftKey: true })).toBe(true);
  expect(toggle).toHaveBeenCalledTimes(2);
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey', 'isComposing'])
    expect(press('k', { [modifier]: true })).toBe(false);
  page.openDialog = {};
  for (const key of ['k', 'c', 's', ' ']) expect(press(key)).toBe(false);
  page.openDialog = null;
  expect(press('c')).toBe(true);
  expect(toggleCaptions).toHaveBeenCalledTimes(1);
  expect(toggle).toHaveBeenCalledTimes(2);
});
