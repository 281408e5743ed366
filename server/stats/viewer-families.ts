// The metric families of viewers who report about themselves. No label comes from a report.

import type { MetricFamily } from './metric-family.ts';
import type { MetricsSources } from './metrics-sources.ts';
import { MAX_NAMED_STREAMS, perStreamFamilies } from './per-stream-families.ts';

/** Buckets of start-up times, seconds: a low-latency player takes one, and viewers leave after some. */
export const STARTUP_BUCKETS_S = [0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 15, 30];
export const STARTUP_NAME = 'sluice_viewer_startup_seconds';
export const STARTUP_HELP =
  'From the wish to play to the first picture, as players report it (CMCD), since the first scrape.';

export function viewerFamilies({ streams, viewerReports: reports }: MetricsSources): readonly MetricFamily[] {
  const perStream = perStreamFamilies(streams);
  return [
    perStream('sluice_viewers_measured', 'Viewers whose players report (CMCD).', 'gauge', undefined, (s) => [
      ['', reports?.measured(s.name) ?? 0],
    ]),
    {
      name: 'sluice_viewer_latency_seconds',
      help: 'From the arrival of a picture at the gateway to its display, as players report it: median and 95th percentile.',
      type: 'gauge',
      labels: ['stream', 'quantile'],
      // Quantiles cannot be summed, so streams without their own series have none.
      read: () =>
        streams()
          .slice(0, MAX_NAMED_STREAMS)
          .flatMap(({ name: stream }) => {
            const latency = reports?.latency(stream);
            if (latency === undefined) return [];
            return [
              [{ stream, quantile: '0.5' }, latency.p50Ms / 1000] as const,
              [{ stream, quantile: '0.95' }, latency.p95Ms / 1000] as const,
            ];
          }),
    },
    perStream('sluice_viewer_stalls_total', 'Stalls that players report.', 'counter', undefined, (stream) => [
      ['', reports?.totals(stream.name).stalls ?? 0],
    ]),
    perStream(
      'sluice_viewer_stalled_seconds_total',
      'Time that viewers spent in stalls that are over, as players report it.',
      'counter',
      undefined,
      (stream) => [['', (reports?.totals(stream.name).stalledMs ?? 0) / 1000]],
    ),
    perStream('sluice_viewer_errors_total', 'Errors that players report.', 'counter', undefined, (stream) => [
      ['', reports?.totals(stream.name).errors ?? 0],
    ]),
    {
      name: 'sluice_viewer_reports_total',
      help: 'Reports of players, by what became of them: taken, or the reason why not.',
      type: 'counter',
      labels: ['result'],
      read: () => [...(reports?.outcomes() ?? [])].map(([result, count]) => [{ result }, count] as const),
    },
  ];
}
