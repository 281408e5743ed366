// Records of streams: those of forgotten streams are few, and everything in a record has a limit.
import { expect, test } from 'vitest';
import { StreamRecord } from '../../../server/stats/stream-record.ts';
import { StreamRecords } from '../../../server/stats/stream-records.ts';
import { clockOf } from '../../support/clock.ts';

test('of forgotten streams the last fifty are kept', () => {
  const records = new StreamRecords(clockOf(() => 0));
  for (let at = 0; at < 60; at += 1) {
    records.open(`s${at}`);
    records.close(`s${at}`, true);
  }
  expect([...records].map(([name]) => name)).toEqual(Array.from({ length: 50 }, (_, at) => `s${at + 10}`));
});

test('a stream without media is forgotten, but not an earlier one of its name that had some', () => {
  const records = new StreamRecords(clockOf(() => 0));
  records.open('a');
  records.close('a', false);
  expect(records.get('a')).toBeUndefined();
  records.open('b');
  records.of('b').media = 'avc1.640028';
  records.close('b', true);
  records.open('b');
  records.close('b', false);
  expect(records.get('b')?.media).toBe('avc1.640028');
});

test('segments of the last minute and events of the last hour stay, and no more than there is room for', () => {
  const record = new StreamRecord();
  const segment = { msn: 1, durationMs: 1, bytes: 1, parts: [] };
  for (let t = 0; t < 300; t += 1) record.addSegment({ ...segment, t });
  expect(record.segments(0).map(({ t }) => t)).toEqual(Array.from({ length: 240 }, (_, at) => at + 60));
  expect(record.segments(60_298).map(({ t }) => t)).toEqual([298, 299]);
  for (let t = 0; t < 600; t += 1) record.addEvent(t, { type: 'live', values: {}, text: 'x'.repeat(1_000) });
  expect(record.events(0)).toHaveLength(500);
  expect(record.events(3_600_599)).toEqual([{ t: 599, type: 'live', text: 'x'.repeat(300) }]);
  expect(record.events(3_600_600)).toEqual([]);
});

test('a step of the wall clock forgets nothing', () => {
  let [epochMs, monotonicMs] = [0, 0];
  const records = new StreamRecords(
    clockOf(
      () => epochMs,
      () => monotonicMs,
    ),
  );
  records.open('a');
  records.close('a', true);
  epochMs = 1_800_000_000_000;
  records.forget();
  expect(records.get('a')).toBeDefined();
  monotonicMs = 3_600_001;
  records.forget();
  expect(records.get('a')).toBeUndefined();
});
