// What the log says about lost media, and how often.
import { expect, test } from 'vitest';
import { DropReport } from '../../../server/ingest/drop-report.ts';
import { noDrops } from '../../../server/media/drops.ts';

test('says what was lost since the last line, at most every five seconds', () => {
  const drops = noDrops();
  const report = new DropReport(drops);
  expect(report.next(0)).toBeUndefined();
  drops.damagedAccessUnits = 2;
  drops.untilSync = 7;
  expect(report.next(1_000)).toBe('2 damaged frames, 7 pictures that need a damaged or missing one');
  drops.untilSync = 9;
  expect(report.next(5_999)).toBeUndefined();
  expect(report.next(6_000)).toBe('2 pictures that need a damaged or missing one');
  expect(report.next(20_000)).toBeUndefined();
});

test('says the rest at the end, whenever the last line was, and nothing of repaired media', () => {
  const drops = noDrops();
  const report = new DropReport(drops);
  drops.withoutConfig = 1;
  drops.reframed = 5;
  expect(report.next(0)).toBe('1 frames before their configuration');
  drops.leftOut = 3;
  expect(report.next(10, true)).toBe('3 messages of tracks that are not played');
});
