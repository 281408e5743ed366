// The table of viewers: who reports, and who is only counted.
import { expect, test } from 'vitest';
import type { ViewerRow } from '../../../server/stats/operator-message.ts';
import { ViewerCount } from '../../../server/stats/viewer-count.ts';
import { MAX_VIEWER_ROWS, ViewerRows } from '../../../server/stats/viewer-rows.ts';
import { clockOf } from '../../support/clock.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';
const measured = (id: string): ViewerRow => ({
  id,
  player: 'Firefox · Linux',
  kind: 'measured',
  count: 1,
  network: '192.0.2.x',
  since: 0,
});

test('viewers of one network with one player are one row, whose address cannot be read', () => {
  let nowMs = 5_000;
  const viewers = new ViewerCount(clockOf(() => nowMs));
  viewers.seen('show', '192.0.2.1', FIREFOX);
  nowMs = 7_000;
  viewers.seen('show', '192.0.2.2', FIREFOX);
  viewers.seen('show', '2001:db8:1:2::3', undefined);
  const rows = new ViewerRows();
  const { viewers: table, ...others } = rows.table([], viewers.groups('show', 1_000_000));
  expect(table).toEqual([
    {
      id: expect.any(String),
      player: 'Firefox · Linux',
      kind: 'counted',
      count: 2,
      network: '192.0.2.x',
      since: 998_000,
    },
    {
      id: expect.any(String),
      player: 'Other player',
      kind: 'counted',
      count: 1,
      network: '2001:db8:1::',
      since: 1_000_000,
    },
  ]);
  expect(others).toEqual({});
  // Rows keep their ids.
  expect(rows.table([], viewers.groups('show', 1_000_000)).viewers).toEqual(table);
});

test('those who report are not counted a second time', () => {
  const viewers = new ViewerCount(clockOf(() => 0));
  for (const last of [1, 2, 3]) viewers.seen('show', `192.0.2.${last}`, FIREFOX);
  const rows = new ViewerRows();
  const one = rows.table([measured('a')], viewers.groups('show', 0)).viewers;
  expect(one.map(({ kind, count }) => [kind, count])).toEqual([
    ['measured', 1],
    ['counted', 2],
  ]);
  const all = rows.table(['a', 'b', 'c'].map(measured), viewers.groups('show', 0)).viewers;
  expect(all.map(({ kind }) => kind)).toEqual(['measured', 'measured', 'measured']);
});

test('above the limit the smallest rows are left out and counted', () => {
  const viewers = new ViewerCount(clockOf(() => 0));
  for (let network = 0; network < MAX_VIEWER_ROWS + 50; network += 1)
    viewers.seen('show', `10.${network >> 8}.${network & 255}.1`, FIREFOX);
  viewers.seen('show', '192.0.2.1', FIREFOX);
  viewers.seen('show', '192.0.2.2', FIREFOX);
  const { viewers: table, moreViewers } = new ViewerRows().table([], viewers.groups('show', 0));
  expect([table.length, table[0]?.count, moreViewers]).toEqual([MAX_VIEWER_ROWS, 2, 51]);
});
