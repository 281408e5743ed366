// The families of `/metrics`: each with its name, what it says, and where its values are read.

import type { LiveStream } from '../live/live-stream.ts';
import type { StreamState } from '../live/stream-state.ts';
import type { MetricsSources } from './metrics-sources.ts';
import { sourceReport } from './source-report.ts';

type Labels = Readonly<Record<string, string>>;

export type MetricFamily = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly read: () => Iterable<readonly [labels: Labels, value: number]>;
};

/** Streams with series of their own, those that came first: Prometheus keeps each series as long as its data. */
export const MAX_NAMED_STREAMS = 200;
/** Stands for all others together; no stream can have this name. */
const OTHER_STREAMS = '(other)';
const STATES: readonly StreamState[] = [
  ...(['connecting', 'starting', 'live', 'stalled', 'reconnecting', 'ended'] as const),
];

export function familiesOf(sources: MetricsSources): readonly MetricFamily[] {
  return [...gatewayFamilies(sources), ...streamFamilies(sources), ...httpFamilies(sources)];
}

function gatewayFamilies({ version, streams, memory, rtmp }: MetricsSources): readonly MetricFamily[] {
  return [
    {
      name: 'sluice_build_info',
      help: 'Always 1; the label is the version that runs.',
      type: 'gauge',
      labels: ['version'],
      read: () => [[{ version }, 1]],
    },
    {
      name: 'sluice_streams',
      help: 'Streams that are known, by state.',
      type: 'gauge',
      labels: ['state'],
      read: () => {
        const known = streams();
        return STATES.map((state) => [{ state }, known.filter((stream) => stream.state === state).length]);
      },
    },
    single('gauge', 'sluice_media_memory_bytes', 'Media of all streams in memory.', () => memory.usedBytes),
    single(
      'gauge',
      'sluice_media_memory_limit_bytes',
      'What media.max-memory allows.',
      () => memory.maxBytes,
    ),
    single('gauge', 'sluice_rtmp_connections', 'RTMP connections that are open.', () => rtmp.connectionCount),
    byCode(
      'sluice_rtmp_events_total',
      'What was told of RTMP connections, by its code: ends, refusals, media that is not played (docs/errors.md).',
      () => rtmp.totals(),
    ),
  ];
}

function streamFamilies({ streams, viewers }: MetricsSources): readonly MetricFamily[] {
  const perStream = (
    name: string,
    help: string,
    type: MetricFamily['type'],
    label: string | undefined,
    valuesOf: (stream: LiveStream) => Iterable<readonly [labelValue: string, value: number]>,
  ): MetricFamily => ({
    name,
    help,
    type,
    labels: label === undefined ? ['stream'] : ['stream', label],
    read: () => summed(streams(), label, valuesOf),
  });
  return [
    perStream('sluice_viewers', 'Players that ask for playlists.', 'gauge', undefined, ({ name, state }) =>
      state === 'ended' ? [] : [['', viewers(name)]],
    ),
    perStream('sluice_ingest_bytes_total', 'Media that came in.', 'counter', 'type', (stream) =>
      [...stream.counters.tracks()].map(({ kind, bytes }) => [kind, bytes]),
    ),
    perStream(
      'sluice_ingest_frames_total',
      'Pictures and audio frames that came in.',
      'counter',
      'type',
      (s) => [...s.counters.tracks()].map(({ kind, samples }) => [kind, samples]),
    ),
    perStream(
      'sluice_ingest_dropped_total',
      'Of the present publisher: what is not played, by kind.',
      'counter',
      'kind',
      ({ source }) => (source === undefined ? [] : Object.entries(sourceReport(source).dropped)),
    ),
    perStream(
      'sluice_ingest_repaired_total',
      'Of the present publisher: what was mended and is played, by kind.',
      'counter',
      'kind',
      ({ source }) => (source === undefined ? [] : Object.entries(sourceReport(source).repaired)),
    ),
    perStream('sluice_stream_memory_bytes', 'Media in memory.', 'gauge', undefined, ({ memory }) => [
      ['', memory.usedBytes],
    ]),
    {
      name: 'sluice_ingest_key_frame_interval_seconds',
      help: 'Distance of the last two key frames.',
      type: 'gauge',
      labels: ['stream'],
      // A distance cannot be summed: streams without a name of their own have none.
      read: () => streams().slice(0, MAX_NAMED_STREAMS).flatMap(keyFrameInterval),
    },
  ];
}

function httpFamilies({ http, hls, webSockets }: MetricsSources): readonly MetricFamily[] {
  return [
    single(
      'gauge',
      'sluice_http_connections',
      'HTTP connections that are open, WebSockets among them.',
      () => http.connectionCount,
    ),
    single('counter', 'sluice_http_sent_bytes_total', 'Sent over HTTP.', () => http.sentBytes),
    single('gauge', 'sluice_websockets', 'WebSockets that are open.', webSockets),
    byCode('sluice_http_refused_total', 'HTTP peers that were refused, by the code of the reason.', () =>
      http.refusals(),
    ),
    {
      name: 'sluice_hls_requests_total',
      help: 'Answers to HLS requests: the content, or why there was none.',
      type: 'counter',
      labels: ['content', 'result'],
      read: () => [
        ...Object.entries(hls.ready).map(([content, n]) => [{ content, result: 'ready' }, n] as const),
        ...Object.entries(hls.absent).map(([result, n]) => [{ content: 'none', result }, n] as const),
      ],
    },
    single('gauge', 'sluice_hls_waiting', 'Requests that wait for media now.', () => hls.waiting),
  ];
}

function single(type: MetricFamily['type'], name: string, help: string, value: () => number): MetricFamily {
  return { name, help, type, labels: [], read: () => [[{}, value()]] };
}

function byCode(
  name: string,
  help: string,
  totals: () => Iterable<readonly [code: string, count: number]>,
): MetricFamily {
  return {
    name,
    help,
    type: 'counter',
    labels: ['code'],
    read: () => [...totals()].map(([code, count]) => [{ code }, count] as const),
  };
}

/** The first streams by name, all others as one. */
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

function keyFrameInterval(stream: LiveStream): readonly (readonly [Labels, number])[] {
  const video = [...stream.counters.tracks()].find(({ kind }) => kind === 'video');
  const intervalMs = video?.keyFrameIntervalMs;
  return intervalMs === undefined ? [] : [[{ stream: stream.name }, intervalMs / 1000]];
}
