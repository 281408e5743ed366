// What is said when playback stops too often: the viewer's line, or a larger distance from live.
import { expect, it } from 'vitest';
import { slowNotice } from '../../../../web/stage/slow-notice.ts';

const fine = { verdict: 'fine', stallsOften: false, mode: 'low', isDismissed: false } as const;

it.each([
  ['nothing while playback is fine', fine, undefined],
  [
    'the next mode after stalls',
    { ...fine, stallsOften: true },
    { title: 'The picture stopped more than once', offer: 'balanced', canDismiss: true },
  ],
  [
    'the last mode after stalls in balanced mode',
    { ...fine, stallsOften: true, mode: 'balanced' },
    { offer: 'stable' },
  ],
  ['nothing where no mode is left', { ...fine, stallsOften: true, mode: 'stable' }, undefined],
  ['nothing once it was dismissed', { ...fine, stallsOften: true, isDismissed: true }, undefined],
  [
    'that the line is too slow, whatever was dismissed',
    { ...fine, verdict: 'slow', stallsOften: true, isDismissed: true },
    { title: 'Your connection is too slow for this stream', canDismiss: false },
  ],
  ['a larger distance for a line that stays slow', { ...fine, verdict: 'offer' }, { offer: 'balanced' }],
] as const)('says %s', (_what, facts, expected) => {
  if (expected === undefined) expect(slowNotice(facts)).toBeUndefined();
  else expect(slowNotice(facts)).toMatchObject(expected);
});

it('offers nothing for a line that is slow only now, and nothing after the last mode', () => {
  expect(slowNotice({ ...fine, verdict: 'slow' })).not.toHaveProperty('offer');
  expect(slowNotice({ ...fine, verdict: 'offer', mode: 'stable' })).not.toHaveProperty('offer');
});
