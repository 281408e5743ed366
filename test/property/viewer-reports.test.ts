// Whatever strangers report about their players: nothing is thrown, values stay in their ranges, and what is kept is bounded by the
// viewers who are counted.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readReports, reportOfHeaders, reportOfQuery } from '../../server/stats/cmcd-report.ts';
import { ViewerReports } from '../../server/stats/viewer-reports.ts';
import { clockOf } from '../support/clock.ts';

const COUNTED = 3;

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -1, 1e15, 999_999_999_999_999, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY),
);
const key = fc.oneof(
  fc.constantFrom(
    ...[
      'sid',
      'cid',
      'sta',
      'e',
      'ltc',
      'bl',
      'br',
      'ab',
      'msd',
      'bsa',
      'bsd',
      'bsda',
      'bs',
      'ts',
      'v',
      'ec',
    ],
  ),
  fc.constantFrom('constructor', 'toString', 'valueOf', '__proto__', 'then', 'com.example-x'),
  fc.string({ maxLength: 5 }),
);
const bare = fc.oneof(
  number.map(String),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('?1', '?0', 'p', 'r', 's', 'q', 'constructor', ':AAAA:', ':', '@1', '"', '(', '', '"show"'),
);
const value = fc.oneof(
  bare,
  fc.array(bare, { maxLength: 20 }).map((items) => `(${items.join(' ')})`),
);
const member = fc.oneof(
  fc.tuple(key, value).map(([name, text]) => `${name}=${text}`),
  key,
  fc.tuple(key, bare, key).map(([name, text, parameter]) => `${name}=${text};${parameter}`),
);
/** With a session and a name often enough to be taken. */
const line = fc
  .tuple(
    fc.constantFrom('', 'sid="a"', 'sid="b",cid="show"', 'sid="c",sta=r'),
    fc.array(member, { maxLength: 12 }),
  )
  .map(([start, members]) => [start, ...members].filter((text) => text !== '').join(','));
const lines = fc.array(fc.oneof({ weight: 4, arbitrary: line }, fc.string()), { maxLength: 60 });
const json = fc.oneof(
  fc.json(),
  fc
    .array(fc.dictionary(key, fc.oneof(number, fc.string(), fc.boolean(), fc.array(number))))
    .map((items) => JSON.stringify(items)),
  fc.string(),
);
const body = fc.oneof(
  lines.map((texts) => ({ text: texts.join('\n'), isJson: false })),
  json.map((text) => ({ text, isJson: true })),
  fc.string({ unit: 'binary', maxLength: 400 }).map((text) => ({ text, isJson: false })),
);

it('takes nothing beyond the ranges and the viewers who are counted', () => {
  let now = 1_000_000;
  const clock = clockOf(() => now);
  const viewers = { count: () => COUNTED, countOf: () => COUNTED, has: () => true };
  const property = fc.property(fc.array(body, { maxLength: 12 }), fc.nat({ max: 9_000 }), (bodies, pause) => {
    const reports = new ViewerReports({ clock, viewers, isWatchable: () => true });
    let taken = 0;
    for (const { text, isJson } of bodies) {
      const read = readReports(text, isJson);
      expect(read.reports.length + read.unreadable).toBeLessThanOrEqual(50);
      for (const report of read.reports) {
        reports.take('show', report, { who: text.slice(0, 3), userAgent: text });
        taken += 1;
      }
      now += pause;
      reports.sweep();
    }
    const rows = reports.rows('show');
    expect(rows.length).toBeLessThanOrEqual(COUNTED);
    for (const { latencyMs = 0, bufferMs = 0, bitrateBps = 0, startupMs = 0, stalls = 0 } of rows) {
      for (const [measured, most] of [
        [latencyMs, 86_400_000],
        [bufferMs, 600_000],
        [bitrateBps, 200_000_000],
        [startupMs, 120_000],
        [stalls, 100_000 + 10 * taken],
      ] as const) {
        expect(Number.isInteger(measured) && measured >= 0 && measured <= most).toBe(true);
      }
    }
    expect(reports.totals('show').stalls).toBeLessThanOrEqual(10 * taken);
    reports.forget('show');
  });
  fc.assert(property, { numRuns: 300 });
});

it('reads any query and any headers', () => {
  const text = fc.oneof(line, fc.string(), fc.string({ unit: 'binary' }));
  const property = fc.property(text, text, (one, other) => {
    reportOfQuery(`CMCD=${one}&x=${other}`);
    reportOfQuery(`x=${other}&CMCD=${encodeURIComponent(one)}&CMCD=${other}`);
    reportOfHeaders({ 'cmcd-session': one, 'cmcd-request': other, 'cmcd-object': [one, other] });
  });
  fc.assert(property, { numRuns: 500 });
});
