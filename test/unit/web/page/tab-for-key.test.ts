// The keys of tabs, as the ARIA Authoring Practices have them.
import { expect, test } from 'vitest';
import { tabForKey } from '../../../../web/page/tab-for-key.ts';

test.each([
  ['ArrowRight', 0, false, 1],
  ['ArrowRight', 3, false, 0],
  ['ArrowLeft', 0, false, 3],
  ['ArrowRight', 1, true, 0],
  ['ArrowLeft', 3, true, 0],
  ['Home', 2, false, 0],
  ['End', 1, false, 3],
  ['Enter', 1, false, undefined],
  ['ArrowDown', 1, false, undefined],
])('%s at tab %s (right to left: %s) leads to %s', (key, at, isRtl, expected) => {
  expect(tabForKey(key, at, 4, isRtl)).toBe(expected);
});
