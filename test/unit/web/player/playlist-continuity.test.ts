// A playlist that does not continue the last one belongs to another stream.
import { expect, it } from 'vitest';
import { PlaylistContinuity } from '../../../../web/player/playlist-continuity.ts';

it.each([
  ['the same again', [10, 15], false],
  ['one segment on', [11, 16], false],
  ['a window that has moved on by its whole length', [16, 21], false],
  ['a gap of one segment', [17, 22], true],
  ['a gateway that was started again', [900, 902], true],
  ['a sequence that went back', [9, 15], true],
])('%s', (_what, [start = 0, end = 0], isBroken) => {
  const continuity = new PlaylistContinuity();
  expect(continuity.isBroken(10, 15)).toBe(false);
  expect(continuity.isBroken(start, end)).toBe(isBroken);
  expect(continuity.isBroken(start + 1, end + 1)).toBe(false);
});
