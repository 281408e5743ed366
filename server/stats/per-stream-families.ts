// Metric families with a series for each stream. The number of names is limited, because Prometheus keeps every series.

import type { LiveStream } from '../live/live-stream.ts';
import type { Labels, MetricFamily } from './metric-family.ts';

/** Streams with their own series, oldest first. */
export const MAX_NAMED_STREAMS = 200;
/** The name for all other streams together, which no stream can have. */
const OTHER_STREAMS = '(other)';

/** A family whose values are those of streams, by a second label where there is one; values of further streams are summed. */
export type PerStream = (
  name: string,
  help: string,
  type: MetricFamily['type'],
  label: string | undefined,
  valuesOf: (stream: LiveStream) => Iterable<readonly [labelValue: string, value: number]>,
) => MetricFamily;

export function perStreamFamilies(streams: () => readonly LiveStream[]): PerStream {
  return (name, help, type, label, valuesOf) => ({
    name,
    help,
    type,
    labels: label === undefined ? ['stream'] : ['stream', label],
    read: () => summed(streams(), label, valuesOf),
  });
}

/** The first streams by name, all others together. */
function summed(
  streams: readonly LiveStream[],
  label: string | undefined,
  valuesOf: (stream: LiveStream) => Iterable<readonly [labelValue: string, value: number]>,
): Iterable<readonly [Labels, number]> {
  const series = new Map<string, [Labels, number]>();
  for (const [at, stream] of streams.entries()) {
    const name = at < MAX_NAMED_STREAMS ? stream.name : OTHER_STREAMS;
    for (const [labelValue, value] of valuesOf(stream)) {
      const key = `${name} ${labelValue}`;
      const labels = label === undefined ? { stream: name } : { stream: name, [label]: labelValue };
      series.set(key, [labels, (series.get(key)?.[1] ?? 0) + value]);
    }
  }
  return series.values();
}
