// Where another load of the source begins.
import { expect, it } from 'vitest';
import { placeAfter, placeOf } from '../../../../web/player/start-at.ts';

const HOUR = { startS: 0, endS: 3_600 };

it('who means to be behind live stays there', () => {
  expect(placeOf(HOUR, 3_500, true)).toEqual({ kind: 'behind', seconds: 100 });
  expect(placeAfter(100, true)).toEqual({ kind: 'behind', seconds: 100 });
});

it('who only fell behind, or is at live, begins as near to live as can be', () => {
  expect(placeOf(HOUR, 3_500, false)).toEqual({ kind: 'live' });
  expect(placeOf(HOUR, 3_599, true)).toEqual({ kind: 'live' });
  expect(placeAfter(100, false)).toEqual({ kind: 'newest-run' });
  expect(placeAfter(1, true)).toEqual({ kind: 'newest-run' });
});
