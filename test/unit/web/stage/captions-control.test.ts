// Captions that the address of a page asks for, also where the stream has them only later.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/stage/captions-control.ts';

/** The parts of an element that the button and its menu need. */
class PlainNode extends EventTarget {
  hidden = false;
  textContent = '';
  readonly dataset = {};
  setAttribute(): void {}
  removeAttribute(): void {}
  hasAttribute = () => false;
  append(): void {}
  replaceChildren(): void {}
  contains = () => false;
}

beforeAll(() => {
  const createElement = (): PlainNode => new PlainNode();
  const page = { createElement, createElementNS: createElement, activeElement: null };
  vi.stubGlobal('document', Object.assign(new EventTarget(), page));
});

afterAll(() => {
  vi.unstubAllGlobals();
});

type Track = { readonly kind: string; readonly label: string; readonly language: string; mode: string };

class Tracks extends EventTarget {
  readonly #all: Track[] = [];
  [Symbol.iterator] = () => this.#all.values();
  add(label: string, language: string): void {
    this.#all.push({ kind: 'subtitles', label, language, mode: 'disabled' });
    this.dispatchEvent(new Event('addtrack'));
  }
}

async function open(wish: boolean | string | undefined) {
  const { CaptionsControl } = await import(FILE);
  const textTracks = new Tracks();
  const player = { captions: [] as string[], reload: vi.fn(), keep: vi.fn() };
  const control = new CaptionsControl({ textTracks }, player, wish);
  const shown = (): readonly string[] =>
    [...textTracks].filter(({ mode }) => mode === 'showing').map(({ label }) => label);
  return { control, textTracks, player, shown };
}

test.each([
  [true, 'English'],
  ['Deutsch', 'Deutsch'],
  ['de', 'Deutsch'],
  ['fr', undefined],
  [false, undefined],
  [undefined, undefined],
])('captions=%s shows %s of a stream with two', async (wish, label) => {
  const { textTracks, shown } = await open(wish);
  textTracks.add('English', 'en');
  textTracks.add('Deutsch', 'de');
  expect(shown()).toEqual(label === undefined ? [] : [label]);
});

test('what is asked for is loaded when the stream has it only after the load', async () => {
  const { control, textTracks, player, shown } = await open(true);
  control.show();
  expect(player.reload).not.toHaveBeenCalled();
  player.captions.push('English');
  control.show();
  control.show();
  expect(player.reload).toHaveBeenCalledTimes(1);
  textTracks.add('English', 'en');
  expect(shown()).toEqual(['English']);
});

test('after a choice of the viewer the address asks for nothing more', async () => {
  const { control, textTracks, shown } = await open('Deutsch');
  textTracks.add('English', 'en');
  control.toggle();
  control.toggle();
  textTracks.add('Deutsch', 'de');
  expect(shown()).toEqual([]);
});
