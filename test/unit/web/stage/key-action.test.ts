// Which key does what, and which element handles it when something else has the focus.
import { describe, expect, it } from 'vitest';
import { type KeyFocus, keyAction } from '../../../../web/stage/key-action.ts';

const at = (key: string, focus: KeyFocus, more: { hasModifier?: boolean; isRepeat?: boolean } = {}) =>
  keyAction({ key, focus, hasModifier: false, isRepeat: false, ...more });

const ALL = [' ', 'k', 'm', 'c', 'f', 's', 'j', 'l', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

describe('keys', () => {
  it.each(ALL)('%j works on a fresh page, where nothing has the focus', (key) => {
    expect(at(key, 'page')).toBeDefined();
    expect(at(key.length === 1 ? key.toUpperCase() : key, 'stage')).toBeDefined();
  });

  it.each(['x', 'Enter', 'Tab', 'constructor', 'PageDown'])('%j is not the player’s', (key) => {
    expect(at(key, 'page')).toBeUndefined();
  });

  it.each(ALL)('%j is left to who types, and with Ctrl to the browser', (key) => {
    expect(at(key, 'text')).toBeUndefined();
    expect(at(key, 'page', { hasModifier: true })).toBeUndefined();
  });

  it.each([
    ['button', ' ', undefined],
    ['button', 'k', 'toggle-play'],
    ['button', 'ArrowUp', 'volume'],
    ['slider', 'ArrowUp', undefined],
    ['slider', ' ', 'toggle-play'],
    ['other', ' ', undefined],
    ['other', 'ArrowLeft', undefined],
    ['other', 'm', 'toggle-sound'],
  ] as const)('at a focused %s %j is %s', (focus, key, kind) => {
    expect(at(key, focus)?.kind).toBe(kind);
  });

  it('that is held steps on, and switches once', () => {
    expect(at('ArrowUp', 'page', { isRepeat: true })).toEqual({ kind: 'volume', step: 0.1 });
    for (const key of ['k', ' ', 'm', 'f']) expect(at(key, 'page', { isRepeat: true })).toBeUndefined();
  });
});
