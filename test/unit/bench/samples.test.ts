// Ratios within a round, spreads, and marks of disturbed samples.
import { describe, expect, it, test } from 'vitest';
import { disturbances, ratiosOf, type Sample, shownSpread, spreadOf } from '../../../bench/samples.ts';
import type { SystemName } from '../../../bench/system-names.ts';

const sample = (system: SystemName, round: number, cpuMs: number): Sample => ({
  measurement: 'ingest',
  load: '50 streams, steady',
  system,
  round,
  figures: { cpuMs },
  disturbed: [],
});
const ratio = {
  measurement: 'ingest',
  load: '50 streams, steady',
  figure: 'cpuMs',
  of: 'sluice',
  to: 'nginx-rtmp',
} as const;

describe('ratios', () => {
  it('are computed within a round, so that a slow round does not change them', () => {
    const samples = [
      sample('sluice', 0, 2),
      sample('nginx-rtmp', 0, 4),
      sample('nginx-rtmp', 1, 40),
      sample('sluice', 1, 20),
    ];
    expect(ratiosOf(samples, ratio)).toEqual([0.5, 0.5]);
  });

  it('leave out a round in which one side is missing or was not measured', () => {
    const samples = [
      sample('sluice', 0, 2),
      sample('sluice', 1, 3),
      sample('nginx-rtmp', 1, 4),
      sample('sluice', 2, Number.NaN),
      sample('nginx-rtmp', 2, 4),
    ];
    expect(ratiosOf(samples, ratio)).toEqual([0.75]);
  });

  it('do not mix loads', () => {
    const other = { ...sample('nginx-rtmp', 0, 4), load: '10 streams, steady' };
    expect(ratiosOf([sample('sluice', 0, 2), other], ratio)).toEqual([]);
  });
});

describe('a spread', () => {
  it('has the least, the median and the most', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ min: 1, median: 3, max: 5 });
  });

  it('leaves out what was not measured', () => {
    expect(spreadOf([Number.NaN, 2])).toEqual({ min: 2, median: 2, max: 2 });
    expect(spreadOf([Number.NaN])).toBeUndefined();
  });

  it('is shown with its range if there were several rounds', () => {
    expect(shownSpread([1, 2, 4], 1)).toBe('2.0 (1.0–4.0)');
    expect(shownSpread([2], 2)).toBe('2.00');
    expect(shownSpread([], 2)).toBe('–');
  });
});

test('a sample is disturbed by other programs, by a load at its limit and by a late load', () => {
  const quiet = { othersPercent: 5, loadPercent: 60, loadLateMs: 12 };
  expect(disturbances(quiet)).toEqual([]);
  expect(disturbances({ ...quiet, othersPercent: 35 })).toEqual(['other programs 35 %']);
  expect(disturbances({ ...quiet, loadPercent: 99 })).toEqual(['load at its limit 99 %']);
  expect(disturbances({ ...quiet, loadLateMs: 130 })).toEqual(['load late 130 ms']);
});
