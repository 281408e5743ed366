// Numbers as text, the ends of axes, the rows of tables, and the points of sparklines.
import { expect, onTestFinished, test } from 'vitest';
import type { ViewerRow } from '../../../../server/stats/operator-message.ts';
import { axisEnds, SERVER_CHARTS, STREAM_CHARTS } from '../../../../web/dashboard/chart-specs.ts';
import { formatMs, formatPercent } from '../../../../web/dashboard/figures.ts';
import { segmentSentence } from '../../../../web/dashboard/segment-words.ts';
import { SPARK_POINTS, sparkPoints } from '../../../../web/dashboard/spark-points.ts';
import { tableRows } from '../../../../web/dashboard/table-rows.ts';
import { countViewers, inViewerOrder } from '../../../../web/dashboard/viewer-order.ts';
import { readableMedia } from '../../../../web/page/readable-media.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';
import { percentText } from '../../../../web/words/measures.ts';
import { words } from '../../../../web/words/stream.ts';

test.each([
  [formatMs(12), '12 ms'],
  [formatMs(-3.44), '−3.4 ms'],
  [formatMs(-0.01), '0.0 ms'],
  [formatMs(1_250.2), '1,250 ms'],
  [formatMs(null), '–'],
  [formatPercent(4.21), '4.2 %'],
  [formatPercent(73.6), '74 %'],
  [formatPercent(undefined), '–'],
])('%s is %s', (text, expected) => {
  expect(text).toBe(expected);
});

test('an axis begins at 0, or has 0 inside, and is never so low that noise looks large', () => {
  const up = { scale: 'fromZero', leastSpan: 10 } as const;
  expect(axisEnds(up, 1, 2)).toEqual([0, 10]);
  expect(axisEnds(up, 90, 100)[1]).toBeGreaterThan(100);
  expect(axisEnds(up, null, null)).toEqual([0, 10]);
  const around = { scale: 'aroundZero', leastSpan: 100 } as const;
  for (const [least, most] of [
    [-80, 20],
    [5, 300],
    [-300, -5],
    [null, null],
  ] as const) {
    const [bottom, top] = axisEnds(around, least, most);
    expect(bottom).toBeLessThan(0);
    expect(top).toBeGreaterThan(0);
    expect(bottom).toBeLessThanOrEqual(least ?? 0);
    expect(top).toBeGreaterThanOrEqual(most ?? 0);
  }
});

test.each(LANGUAGES)('axes, values and tables have their unit in %s', async (language) => {
  await speak([language]);
  onTestFinished(async () => {
    await speak(['en']);
  });
  const second = words.units.seconds('').trim();
  const units: Readonly<Record<string, string>> = {
    bitrate: 'kbit/s',
    'frame-rate': 'fps',
    'key-frames': second,
    jitter: 'ms',
    drift: 'ms',
    'av-offset': 'ms',
    viewers: '',
    latency: second,
    stalls: '',
    loop: 'ms',
    memory: 'kB',
    cpu: '%',
  };
  for (const { id, axis, format } of [...STREAM_CHARTS, ...SERVER_CHARTS]) {
    const value = ['bitrate', 'memory'].includes(id) ? 120_000 : 120;
    for (const text of [axis(value), format(value)]) {
      if (units[id] === '') expect(text, id).toBe('120');
      else expect(text, id).toMatch(new RegExp(`\\d\\s?${units[id]}$`));
    }
    expect(axis(0), id).toMatch(/^0/);
  }
});

test.each(LANGUAGES.filter((language) => language !== 'en'))(
  'a share is written as in the sentences of the doctor in %s',
  async (language) => {
    await speak([language]);
    onTestFinished(async () => {
      await speak(['en']);
    });
    expect([formatPercent(3), formatPercent(55)]).toEqual([percentText(0.03), percentText(0.55)]);
  },
);

test('an axis says large values with a prefix, and negative ones with a minus', () => {
  const axisOf = (id: string, value: number) =>
    [...STREAM_CHARTS, ...SERVER_CHARTS].find((chart) => chart.id === id)?.axis(value);
  expect(axisOf('bitrate', 1_500_000)).toBe('1.5 Mbit/s');
  expect(axisOf('memory', 1.5e9)).toBe('1.5 GB');
  expect(axisOf('viewers', 4_500)).toBe('4.5 k');
  expect(axisOf('drift', -1_200)).toBe('−1,200 ms');
});

test('a table has at most twenty rows, the newest first, and a dash for what is unknown', () => {
  const xs = Array.from({ length: 300 }, (_, at) => at);
  const ys = [xs.map((x) => (x === 299 ? null : x))];
  const rows = tableRows({ xs, ys }, String);
  expect(rows.length).toBe(20);
  expect(rows[0]?.[1]).toBe('–');
  expect(rows[1]?.[1]).toBe('284');
  expect(tableRows({ xs: [], ys: [] }, String)).toEqual([]);
});

test('a sparkline ends at the right edge, and its highest value stays inside', () => {
  const points = sparkPoints([0, 5, 10], { width: 190, height: 20 });
  expect(points.map(([x]) => x)).toEqual([170, 180, 190]);
  expect(points[0]?.[1]).toBe(19);
  expect(points[2]?.[1]).toBeGreaterThan(1);
  const minute = sparkPoints(Array(SPARK_POINTS).fill(1), { width: 118, height: 20 });
  expect([minute[0]?.[0], minute.at(-1)?.[0]]).toEqual([0, 118]);
  expect(sparkPoints([0], { width: 10, height: 10 }).flat().every(Number.isFinite)).toBe(true);
});

test('codecs have the names that people know', () => {
  expect(readableMedia('avc1.640028 1920×1080 30 fps · mp4a.40.2 48 kHz')).toBe(
    'H.264 High 4.0 1920×1080 30 fps · AAC-LC 48 kHz',
  );
  expect(readableMedia('unknown 1×1')).toBe('unknown 1×1');
});

test('rates in the line about codecs are written as in the language of the page', async () => {
  await speak(['de']);
  onTestFinished(async () => {
    await speak(['en']);
  });
  expect(readableMedia('avc1.64001F 1280×720 29.97 fps · mp4a.40.2 44.1 kHz')).toBe(
    'H.264 High 3.1 1280×720 29,97 fps · AAC-LC 44,1 kHz',
  );
});

test('a segment is said in one line', () => {
  const segment = {
    msn: 7,
    t: 0,
    durationMs: 2_000,
    bytes: 1_000_000,
    parts: [[2_000, 1_000_000, 1]],
    discontinuity: true,
  } as const;
  expect(segmentSentence({ segment, kind: 'long' })).toMatch(
    /^Segment 7 · \d\d:\d\d:\d\d · 2,000 ms · 1\.0 MB · 4\.0 Mbit\/s · 1 part · 1 key frame · after a discontinuity, longer than usual$/,
  );
});

test('viewers with stalls are at the top, counted ones below the measured', () => {
  const viewer = (id: string, parts: Partial<ViewerRow>): ViewerRow => ({
    id,
    player: 'Firefox · Linux',
    kind: 'measured',
    count: 1,
    since: 0,
    ...parts,
  });
  const viewers = [
    viewer('group', { kind: 'counted', count: 40 }),
    viewer('calm', { stalls: 0, latencyMs: 2_000 }),
    viewer('alone', { kind: 'counted' }),
    viewer('stalled', { stalls: 3 }),
    viewer('late', { stalls: 0, latencyMs: 9_000 }),
  ];
  expect(inViewerOrder(viewers).map(({ id }) => id)).toEqual(['stalled', 'late', 'calm', 'group', 'alone']);
  expect(countViewers(viewers)).toEqual({ all: 44, measured: 3 });
});
