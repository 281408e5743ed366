// The checklist of a test: each finding of the doctor belongs to a check, and each check has a result.
import { expect, test } from 'vitest';
import { RULES } from '../../../../server/doctor/rules.ts';
import type { Health, Issue } from '../../../../server/stats/operator-message.ts';
import { CHECKS, checksOf } from '../../../../web/report/checks.ts';
import { parseReport } from '../../../../web/report/test-report.ts';

/** A test has no viewers and does not come back. */
const NOT_ABOUT_TESTS = ['flapping', 'viewersStalling', 'noHttps'];

const issue = (code: string, severity: Issue['severity']): Issue => ({
  ...{ code, severity, title: `${code}!`, observed: 'much', expected: 'less' },
  ...{ fix: { generic: 'Do it.' }, values: {}, fixValues: { obsVersion: 32, fps: 30 }, since: 0 },
});
const health = (verdict: Health['verdict'], ...issues: Issue[]): Health => ({ verdict, summary: '', issues });
const resultOf = (name: string, report: Parameters<typeof checksOf>[0]) =>
  checksOf(report).find((check) => check.name === name);

test('every rule of the doctor belongs to one check, or does not concern tests', () => {
  const codes = Object.values(CHECKS).flat();
  expect([...codes, ...NOT_ABOUT_TESTS].sort()).toEqual(RULES.map(({ code }) => code).sort());
});

test('a check has its worst finding, else what is over, else it is fine', () => {
  const open = issue('openGop', 'error');
  const report = {
    health: health('bad', issue('gopLong', 'info'), open, issue('bFrames', 'info')),
    past: [issue('gopVariable', 'warning'), issue('videoStarved', 'error')],
  };
  expect(resultOf('keyFrames', report)).toEqual({ name: 'keyFrames', result: 'error', issue: open });
  expect(resultOf('bFrames', report)?.result).toBe('info');
  expect(resultOf('pace', report)).toMatchObject({ result: 'past', issue: { code: 'videoStarved' } });
  expect(resultOf('codecs', report)).toEqual({ name: 'codecs', result: 'fine', issue: undefined });
});

test('without a verdict nothing is called fine', () => {
  const results = new Set(checksOf({ health: health('noData'), past: [] }).map(({ result }) => result));
  expect(results).toEqual(new Set(['unknown']));
  expect(resultOf('tracks', { health: health('noData', issue('noAudio', 'info')), past: [] })?.result).toBe(
    'info',
  );
});

test('an answer of the API is read, and one that is none is not', () => {
  const startedAt = '2026-03-01T12:00:00.000Z';
  const answer = { id: 'test-x', stream: 'show', startedAt, health: health('good'), past: [] };
  expect(parseReport(answer)).toEqual({
    ...{ stream: 'show', startedAt: Date.parse(startedAt), endedAt: undefined, health: health('good') },
    ...{ past: [], numbers: undefined },
  });
  const later = { ...answer, endedAt: '2026-03-01T12:01:00.000Z', past: 'none', news: 1 };
  expect(parseReport(later)).toMatchObject({ endedAt: Date.parse(startedAt) + 60_000, past: [] });
  for (const bad of [null, [], 'x', {}, { ...answer, startedAt: 'soon' }, { ...answer, health: {} }])
    expect(parseReport(bad)).toBeUndefined();
});
