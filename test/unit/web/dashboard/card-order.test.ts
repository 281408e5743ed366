// The order of cards, and what the filter shows.
import { expect, test } from 'vitest';
import type { StreamCard } from '../../../../server/stats/operator-message.ts';
import { countGroups, inOrder, isShown } from '../../../../web/dashboard/card-order.ts';

const card = (name: string, parts: Partial<StreamCard> = {}): StreamCard => ({
  name,
  state: 'live',
  since: 0,
  verdict: 'good',
  issueCount: 0,
  viewers: 0,
  bps: 0,
  ...parts,
});
const names = (cards: readonly StreamCard[]) => cards.map(({ name }) => name);

test('problems come first, then names, numbers by value, and what has ended is last', () => {
  const cards = [
    card('cam-10'),
    card('ended', { state: 'ended', verdict: 'bad' }),
    card('cam-9', { verdict: 'noData' }),
    card('warned', { verdict: 'ok' }),
    card('broken', { verdict: 'bad' }),
    card('also-warned', { verdict: 'ok' }),
  ];
  expect(names(inOrder(cards))).toEqual(['broken', 'also-warned', 'warned', 'cam-9', 'cam-10', 'ended']);
  expect(names(cards)[0], 'the given list stays as it is').toBe('cam-10');
});

test('the text of the filter may be in the name, the codecs, the encoder or the problem', () => {
  const shown = card('Stage', { media: 'avc1.640028', encoder: 'OBS 31', topIssue: 'Key frames too far' });
  for (const text of ['stag', ' AVC1 ', 'obs', 'key frames', ''])
    expect(isShown(shown, { text, group: 'all' }), text).toBe(true);
  expect(isShown(shown, { text: 'hevc', group: 'all' })).toBe(false);
});

test('groups count what they show', () => {
  const cards = [
    card('a'),
    card('b', { verdict: 'bad', state: 'stalled' }),
    card('c', { verdict: 'ok' }),
    card('d', { verdict: 'bad', state: 'ended' }),
    card('e', { verdict: 'noData', state: 'starting' }),
  ];
  expect(countGroups(cards)).toEqual({ all: 5, problems: 2, live: 2 });
});
