// The report: its record, its Markdown and its chart.
import { describe, expect, it } from 'vitest';
import {
  type BenchRecord,
  isRecorded,
  type RecordedRun,
  type RunFacts,
  samplesIn,
  withRun,
} from '../../../bench/bench-record.ts';
import { headlinesOf } from '../../../bench/headline.ts';
import type { Measurement } from '../../../bench/measurement.ts';
import { renderHead, renderMeasurement } from '../../../bench/report-markdown.ts';
import { renderChart } from '../../../bench/report-svg.ts';
import type { Sample } from '../../../bench/samples.ts';
import type { SystemName } from '../../../bench/system-names.ts';

const FACTS: RunFacts = {
  date: '2026-11-29',
  commit: 'abc1234',
  machine: '2 × a processor',
  versions: { nginx: '1.22.1' },
  command: 'npm run bench',
  rounds: 2,
  seconds: 15,
  warmUpSeconds: 30,
  isPinned: true,
  leftOut: ['node-media-server is not installed'],
};
const MEASUREMENT: Measurement = {
  name: 'ingest',
  figures: [
    { name: 'cpuMs', title: 'CPU ms', decimals: 2 },
    { name: 'stalls', title: 'stalls', decimals: 0, shows: 'max' },
    { name: 'loopP99Ms', title: 'loop ms', decimals: 0 },
    { name: 'unknown', title: 'nobody measured this', decimals: 0 },
  ],
  comparisons: [
    { figure: 'cpuMs', of: 'sluice', to: 'nginx-rtmp', isHigherBetter: false },
    { figure: 'cpuMs', of: 'sluice', to: 'read-and-drop', isHigherBetter: false },
    { figure: 'cpuMs', of: 'sluice', to: 'ffmpeg', isHigherBetter: false },
  ],
  secondsOf: () => 1,
  jobs: () => [],
};

function sample(
  system: SystemName,
  round: number,
  figures: Readonly<Record<string, number>>,
  load = '50 streams, steady',
): Sample {
  return { measurement: 'ingest', load, system, round, figures, disturbed: [] };
}

const run = (...samples: readonly Sample[]): RecordedRun => ({ facts: FACTS, samples, failures: [] });
const recordOf = (...samples: readonly Sample[]): BenchRecord => ({ version: 1, runs: [run(...samples)] });

const AHEAD = [
  sample('sluice', 0, { cpuMs: 2, stalls: 0, loopP99Ms: 4 }),
  sample('nginx-rtmp', 0, { cpuMs: 4, stalls: 1 }),
  sample('sluice', 1, { cpuMs: 3, stalls: 0, loopP99Ms: 6 }),
  sample('nginx-rtmp', 1, { cpuMs: 4, stalls: 7 }),
  sample('read-and-drop', 1, { cpuMs: 1 }),
];
const BEHIND = [sample('sluice', 0, { cpuMs: 5 }), sample('nginx-rtmp', 0, { cpuMs: 4 })];

describe('the record', () => {
  it('keeps what a new run has not measured, and replaces the rest', () => {
    const before = recordOf(
      sample('sluice', 0, { cpuMs: 1 }),
      sample('sluice', 0, { cpuMs: 9 }, '10 streams, steady'),
    );
    const after = withRun(before, run(sample('sluice', 0, { cpuMs: 2 })));
    expect(samplesIn(after).map(({ load, figures }) => [load, figures['cpuMs']])).toEqual([
      ['10 streams, steady', 9],
      ['50 streams, steady', 2],
    ]);
  });

  it('keeps earlier rounds of what a run continues under the same conditions', () => {
    const first = run(sample('sluice', 0, { cpuMs: 1 }), sample('nginx-rtmp', 0, { cpuMs: 2 }));
    const second = run(sample('sluice', 1, { cpuMs: 3 }));
    const both = withRun({ version: 1, runs: [first] }, second, true);
    expect(samplesIn(both).map(({ round, figures }) => [round, figures['cpuMs']])).toEqual([
      [0, 1],
      [0, 2],
      [1, 3],
    ]);
    const again = withRun(both, run(sample('sluice', 0, { cpuMs: 9 })), true);
    expect(samplesIn(again).map(({ round, figures }) => [round, figures['cpuMs']])).toEqual([
      [1, 3],
      [0, 9],
    ]);
  });

  it('does not mix rounds of different code, machines or lengths', () => {
    const before = recordOf(sample('sluice', 0, { cpuMs: 1 }));
    for (const change of [{ commit: 'fff0000' }, { machine: 'another' }, { seconds: 3 }]) {
      const other = { ...run(sample('sluice', 1, { cpuMs: 2 })), facts: { ...FACTS, ...change } };
      expect(samplesIn(withRun(before, other, true)).map(({ round }) => round)).toEqual([1]);
    }
  });

  it('knows which rounds of a job are measured, and which of them were disturbed', () => {
    const noisy = { ...sample('sluice', 1, { cpuMs: 1 }), disturbed: ['other programs 60 %'] };
    const record = recordOf(sample('sluice', 0, { cpuMs: 1 }), noisy);
    const job = { measurement: 'ingest', load: '50 streams' };
    const isDone = (round: number, wantsQuiet = false): boolean =>
      isRecorded(record, FACTS, { ...job, round }, wantsQuiet);
    expect([isDone(0), isDone(1), isDone(2)]).toEqual([true, true, false]);
    expect([isDone(0, true), isDone(1, true)]).toEqual([true, false]);
    expect(isRecorded(record, { ...FACTS, commit: 'fff0000' }, { ...job, round: 0 })).toBe(false);
    expect(isRecorded(record, FACTS, { measurement: 'ingest', load: '5 streams', round: 0 })).toBe(false);
  });

  it('forgets a failure when the same job has run again', () => {
    const failure = {
      measurement: 'ingest',
      load: '50 streams',
      system: 'ffmpeg' as const,
      round: 0,
      message: 'x',
    };
    const other = { ...failure, load: '10 streams' };
    const failed = { ...run(sample('sluice', 0, { cpuMs: 1 }, 'x')), failures: [failure, other] };
    const after = withRun({ version: 1, runs: [failed] }, run(sample('sluice', 0, { cpuMs: 2 })));
    expect(after.runs.flatMap(({ failures }) => failures)).toEqual([other]);
  });

  it('forgets a run of which nothing is left', () => {
    const before = recordOf(sample('sluice', 0, { cpuMs: 1 }));
    expect(withRun(before, run(sample('sluice', 0, { cpuMs: 2 }))).runs).toHaveLength(1);
  });
});

describe('a table', () => {
  const text = renderMeasurement(MEASUREMENT, AHEAD);

  it('shows compared figures with their range, and others by their median or their most', () => {
    const row = text.split('\n').find((line) => line.includes('| nginx-rtmp'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      '50 streams, steady',
      'nginx-rtmp',
      '4.00 (4.00–4.00)',
      '7',
      '–',
      '2',
      '',
      '',
    ]);
  });

  it('has no column for a figure that no server has', () => {
    expect(text).not.toContain('nobody measured this');
  });

  it('has a ratio for each measured peer, and none for a peer that did not run', () => {
    expect(text).toContain('**Sluice / nginx-rtmp**');
    expect(text).toContain('**0.63 (0.50–0.75)**');
    expect(text).not.toContain('Sluice / ffmpeg');
  });

  it('marks what is behind a peer, but not what is above a floor', () => {
    expect(text).not.toContain('«behind»');
    expect(renderMeasurement(MEASUREMENT, BEHIND)).toContain('**1.25** «behind»');
  });

  it('orders loads by their number', () => {
    const samples = [
      sample('sluice', 0, { cpuMs: 1 }, '200 streams'),
      sample('sluice', 0, { cpuMs: 1 }, '10 streams'),
    ];
    const table = renderMeasurement(MEASUREMENT, samples);
    expect(table.indexOf('10 streams')).toBeLessThan(table.indexOf('200 streams'));
  });

  it('says how many samples were disturbed, and why', () => {
    const disturbed = { ...sample('sluice', 0, { cpuMs: 1 }), disturbed: ['other programs 60 %'] };
    const table = renderMeasurement(MEASUREMENT, [disturbed, sample('sluice', 1, { cpuMs: 1 })]);
    expect(table).toContain('1 of 2: other programs 60 %');
  });

  it('shows no stalls of rounds in which the load was late', () => {
    const measurement: Measurement = {
      ...MEASUREMENT,
      figures: MEASUREMENT.figures.map((figure) => ({
        ...figure,
        needsPunctualLoad: figure.name === 'stalls',
      })),
    };
    const late = { ...sample('sluice', 1, { cpuMs: 1, stalls: 50 }), disturbed: ['load late 150 ms'] };
    const cells = (...samples: readonly Sample[]): readonly string[] =>
      renderMeasurement(measurement, samples)
        .split('\n')[2]
        ?.split('|')
        .map((cell) => cell.trim()) ?? [];
    expect(cells(sample('sluice', 0, { cpuMs: 1, stalls: 3 }), late)[4]).toBe('3');
    expect(cells(late).slice(3, 5)).toEqual(['1.00', 'load late']);
  });

  it('names the command if there is nothing to show', () => {
    expect(renderMeasurement(MEASUREMENT, [])).toBe('Not measured yet: `npm run bench -- --only ingest`.');
  });
});

describe('the head', () => {
  it('says the conditions of several pieces of one command once', () => {
    const runs = [0, 1, 2].map((round) => run(sample('sluice', round, { cpuMs: 1 })));
    const text = renderHead({ version: 1, runs: [...runs, run(sample('nginx-rtmp', 0, { cpuMs: 1 }))] });
    expect(text.split('commit abc1234').length - 1).toBe(1);
  });

  it('has one sentence with one ratio, the conditions, and what is left out', () => {
    const text = renderHead(recordOf(...AHEAD));
    expect(text).toContain(
      '- Receiving and packaging many streams takes **0.63** times the processor time of nginx-rtmp.\n',
    );
    expect(text).toContain('`npm run bench`, 2026-11-29, commit abc1234. 2 × a processor. nginx 1.22.1.');
    expect(text).toContain('Left out: node-media-server is not installed.');
  });

  it('takes the last load if none of the usual ones was measured', () => {
    const samples = ['7 streams, filling', '7 streams, steady'].flatMap((load, index) => [
      sample('sluice', 0, { cpuMs: 1 + index }, load),
      sample('nginx-rtmp', 0, { cpuMs: 10 }, load),
    ]);
    expect(headlinesOf(samples)[0]?.label).toBe(
      'processor time of publishers / nginx-rtmp: 7 streams, steady',
    );
  });

  it('marks what is behind', () => {
    expect(renderHead(recordOf(...BEHIND))).toContain('nginx-rtmp. «behind»');
  });

  it('names what has failed', () => {
    const failures = [
      { measurement: 'ingest', load: '50 streams', system: 'ffmpeg' as const, round: 1, message: 'ended\nx' },
    ];
    const text = renderHead({ version: 1, runs: [{ ...run(...AHEAD), failures }] });
    expect(text).toContain('- Failed: ingest, 50 streams, ffmpeg -listen, round 2: ended');
  });

  it('says so if nothing is measured', () => {
    expect(renderHead({ version: 1, runs: [] })).toContain('Nothing is measured yet');
  });
});

describe('the chart', () => {
  const chart = renderChart(headlinesOf(BEHIND), 'a < b & c');

  it('is well-formed, with a title and a text alternative', () => {
    const tags = [...chart.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, close, name = '', empty] of tags) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(chart).toContain('role="img" aria-labelledby="title text"');
    expect(chart).toMatch(/<title id="title">[^<]+<\/title>/);
    expect(chart).toMatch(/<desc id="text">processor time of publishers[^<]*1\.25[^<]*, behind\.<\/desc>/);
  });

  it('has colors for light and dark', () => {
    expect(chart).toContain('@media (prefers-color-scheme: dark)');
  });

  it('escapes what it is given', () => {
    expect(chart).toContain('a &lt; b &amp; c');
  });

  it('draws a bar from 1 to the ratio, to the right if it is behind', () => {
    const equal = Number(/class="equal" x1="([\d.]+)"/.exec(chart)?.[1]);
    const [, from, width] = /class="behind" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(chart) ?? [];
    expect(Number(from)).toBe(equal);
    expect(Number(width)).toBeGreaterThan(0);
    expect(renderChart(headlinesOf(AHEAD), '')).toContain('class="ahead"');
  });

  it('does not call it behind to be above a floor', () => {
    const started = (system: SystemName, ms: number): Sample => ({
      measurement: 'start',
      load: 'process to listening',
      system,
      round: 0,
      figures: { ms },
      disturbed: [],
    });
    const [headline] = headlinesOf([started('sluice', 300), started('bare-node', 200)]);
    expect(headline).toMatchObject({ isBehind: false, spread: { median: 1.5 } });
  });

  it('turns ratios round for which more is better', () => {
    const answers = (system: SystemName, perCpuSecond: number): Sample => ({
      measurement: 'saturation',
      load: 'one segment',
      system,
      round: 0,
      figures: { perCpuSecond },
      disturbed: [],
    });
    const [headline] = headlinesOf([answers('sluice', 200), answers('nginx', 100)]);
    expect(headline?.spread.median).toBe(0.5);
    expect(headline?.isBehind).toBe(false);
  });
});
