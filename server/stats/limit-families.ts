// The metric families of limits. Their names are a fixed list, and no peer chooses one.

import type { LimitReport } from './limit-report.ts';
import type { Labels, MetricFamily } from './metric-family.ts';

export function limitFamilies(limits: () => readonly LimitReport[]): readonly MetricFamily[] {
  const values = (of: (report: LimitReport) => number | undefined): (readonly [Labels, number])[] =>
    limits().flatMap((report) => {
      const value = of(report);
      return value === undefined ? [] : [[{ limit: report.name }, value] as const];
    });
  return [
    {
      name: 'sluice_limit_met_total',
      help: 'How often a limit was met, by the name of its setting; a limit without a setting is in GET /api/v1/limits.',
      type: 'counter',
      labels: ['limit'],
      read: () => values(({ timesMet }) => timesMet),
    },
    {
      name: 'sluice_limit',
      help: 'The figure of a limit; bytes for sizes. Limits that are off have none.',
      type: 'gauge',
      labels: ['limit'],
      read: () => values(({ limit }) => limit),
    },
    {
      name: 'sluice_limit_used',
      help: 'How much of a limit is in use, where that is counted.',
      type: 'gauge',
      labels: ['limit'],
      read: () => values(({ inUse }) => inUse),
    },
  ];
}
