// When appended media counts as unplayable: several in a row, whatever is appended again in between.
import { describe, expect, it } from 'vitest';
import { VainAppends } from '../../../../web/player/vain-appends.ts';

/** Video and sound end here; only video follows. */
const DRY = [[0, 5.312]] as const;

function areMany(
  appends: readonly (readonly [
    startS: number,
    endS: number,
    ranges?: readonly (readonly [number, number])[],
  ])[],
) {
  const vain = new VainAppends();
  for (const [start, end, ranges = DRY] of appends) vain.appended({ start, end }, ranges);
  return vain.areMany;
}

describe('media that cannot be played', () => {
  it('is known after two of it, and not after one', () => {
    expect(areMany([[6.4, 6.6]])).toBe(false);
    expect(
      areMany([
        [6.4, 6.6],
        [6.6, 6.8],
      ]),
    ).toBe(true);
  });

  it('is known also when what is there already is appended again', () => {
    expect(
      areMany([
        [6.4, 6.6],
        [6.6, 6.8],
        [4.03, 6.02],
      ]),
    ).toBe(true);
    expect(
      areMany([
        [8.4, 8.6],
        [4.03, 6.02],
        [6.02, 8.02],
      ]),
    ).toBe(true);
  });

  it('is forgotten once something can be played', () => {
    expect(
      areMany([
        [6.4, 6.6],
        [6.6, 6.8],
        [6.8, 7, [[0, 7]]],
      ]),
    ).toBe(false);
  });
});
