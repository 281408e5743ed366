import { expect, test } from 'vitest';
import { contrast, isReadableOnLight, parseAccent } from '../../../../web/page/accent-colour.ts';

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#4fd1c5', '#4fd1c5')).toBe(1);
});

test.each([
  ['ffffff', '#000000'],
  ['d6303a', '#ffffff'],
  ['ffcc00', '#000000'],
])('text on %s is %s', (accent, ink) => {
  expect(parseAccent(accent)).toEqual({ accent: `#${accent}`, ink });
});

test.each(['101820', '000', '12', 'ggg', 'ff88001', 'red', ''])(
  'a colour that nobody sees on the player, or that is none, is refused: %s',
  (accent) => {
    expect(parseAccent(accent)).toBeUndefined();
  },
);

test('only a dark colour is text on a light page', () => {
  expect([isReadableOnLight('#0b5f57'), isReadableOnLight('#4fd1c5')]).toEqual([true, false]);
});
