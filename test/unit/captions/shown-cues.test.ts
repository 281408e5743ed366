// The text on the screen, picture by picture, becomes cues.
import { expect, it } from 'vitest';
import { ShownCues } from '../../../server/captions/shown-cues.ts';

it('takes a screen that was exchanged for one that says the same for another one', () => {
  const cues = new ShownCues();
  // Two memories alternate, as with pop-on captions (CTA-608 clause 6.3).
  const memories = [{}, {}];
  for (const [at, text] of ['NO', 'NO', 'NO WAY'].entries()) {
    const rows = () => [{ line: 15, position: 10, text }];
    cues.note({ identity: memories[at % 2], texts: [text], rows });
    cues.show(at * 10);
  }
  expect(cues.cut(30).map(({ start, end, rows }) => [start, end, rows[0]?.text])).toEqual([
    [0, 20, 'NO'],
    [20, 30, 'NO WAY'],
  ]);
});
