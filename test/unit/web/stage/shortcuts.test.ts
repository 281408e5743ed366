// Keys of the page that reach the player, and those that do not.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/stage/shortcuts.ts';

class Page extends EventTarget {
  openDialog: object | null = null;
  querySelector = (selector: string): object | null => (selector === 'dialog[open]' ? this.openDialog : null);
}
const page = new Page();

class PlainElement {
  readonly tabIndex: number;
  constructor(tabIndex: number) {
    this.tabIndex = tabIndex;
  }
}

class Link extends PlainElement {}

beforeAll(() => {
  vi.stubGlobal('document', page);
  vi.stubGlobal('HTMLAnchorElement', Link);
  vi.stubGlobal('HTMLElement', PlainElement);
  for (const other of ['Button', 'Input', 'TextArea', 'Select'])
    vi.stubGlobal(`HTML${other}Element`, class {});
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
  bindShortcuts({
    stage: {},
    video: {},
    player: { toggle },
    toggleCaptions,
    toggleStats,
    scope: 'page',
    isOn,
  });
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

test('arrows scroll the statistics while these have the focus, and seek elsewhere in the player', async () => {
  const { bindShortcuts } = await import(FILE);
  const seekBy = vi.fn();
  const player = { seekBy, toggle: vi.fn() };
  const stage = Object.assign(new EventTarget(), { contains: () => true });
  const rest = { toggleCaptions: vi.fn(), toggleStats: vi.fn(), isOn: () => true };
  bindShortcuts({ stage, video: {}, player, scope: 'stage', ...rest });
  const pressIn = (key: string, target: PlainElement): boolean => {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key });
    Object.defineProperty(event, 'target', { value: target });
    return !stage.dispatchEvent(event);
  };
  expect(pressIn('ArrowLeft', new PlainElement(-1))).toBe(true);
  expect(pressIn('ArrowLeft', new Link(0))).toBe(true);
  expect(pressIn('ArrowLeft', new PlainElement(0))).toBe(false);
  expect(pressIn('k', new PlainElement(0))).toBe(true);
  expect(seekBy.mock.calls).toEqual([[-5], [-5]]);
});
