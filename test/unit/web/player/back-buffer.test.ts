// The buffer behind the play position is released in large steps.
import { expect, it } from 'vitest';
import { releaseUntil } from '../../../../web/player/back-buffer.ts';

it.each([
  ['nothing at the start', 0, 10, undefined],
  ['nothing while there is little beyond what is kept', 100, 159, undefined],
  ['all but half a minute once it is worth it', 100, 160, 130],
  ['all but half a minute after a jump', 0, 3_600, 3_570],
])('%s', (_what, startS, positionS, untilS) => {
  expect(releaseUntil(startS, positionS)).toBe(untilS);
});
