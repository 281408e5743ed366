import { describe, expect, it } from 'vitest';
import { type HeldSource, type SourceAction, sourceAction } from '../../../../web/player/source-action.ts';

type Row = readonly [
  state: Parameters<typeof sourceAction>[0],
  none: SourceAction,
  current: SourceAction,
  over: SourceAction,
];

const TABLE: readonly Row[] = [
  ['offline', 'keep', 'release', 'release'],
  ['connecting', 'keep', 'keep', 'keep'],
  ['starting', 'keep', 'keep', 'keep'],
  ['live', 'load', 'keep', 'load'],
  ['stalled', 'keep', 'keep', 'keep'],
  ['reconnecting', 'keep', 'keep', 'keep'],
  ['ended', 'keep', 'finish', 'keep'],
];

describe('sourceAction', () => {
  it.each(TABLE)('when %s: nothing held → %s, current → %s, over → %s', (state, none, current, over) => {
    const held: readonly HeldSource[] = ['none', 'current', 'over'];
    expect(held.map((source) => sourceAction(state, source))).toEqual([none, current, over]);
  });
});
