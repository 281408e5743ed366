// The metric families of `/metrics`: name, help and source of values.

import type { LiveStream } from '../live/live-stream.ts';
import type { StreamState } from '../live/stream-state.ts';
import { hookFamilies, NO_HOOKS } from './hook-families.ts';
import { limitFamilies } from './limit-families.ts';
import type { Labels, MetricFamily } from './metric-family.ts';
import type { MetricsSources } from './metrics-sources.ts';
import { MAX_NAMED_STREAMS, perStreamFamilies } from './per-stream-families.ts';
import { sourceReport } from './source-report.ts';
import { viewerFamilies } from './viewer-families.ts';

const STATES: readonly StreamState[] = [
  ...(['connecting', 'starting', 'live', 'stalled', 'reconnecting', 'ended'] as const),
];

export function familiesOf(sources: MetricsSources): readonly MetricFamily[] {
  return [
    ...gatewayFamilies(sources),
    ...streamFamilies(sources),
    ...viewerFamilies(sources),
    ...httpFamilies(sources),
    ...hookFamilies(sources.hooks ?? NO_HOOKS),
    ...limitFamilies(sources.limits ?? (() => [])),
  ];
}

function gatewayFamilies({ version, streams, memory, rtmp }: MetricsSources): readonly MetricFamily[] {
  return [
    {
      name: 'sluice_build_info',
      help: 'Always 1; the label is the running version.',
      type: 'gauge',
      labels: ['version'],
      read: () => [[{ version }, 1]],
    },
    {
      name: 'sluice_streams',
      help: 'Streams, by state.',
      type: 'gauge',
      labels: ['state'],
      read: () => {
        const known = streams();
        return STATES.map((state) => [{ state }, known.filter((stream) => stream.state === state).length]);
      },
    },
    single('gauge', 'sluice_media_memory_bytes', 'Media of all streams in memory.', () => memory.usedBytes),
    single('gauge', 'sluice_media_memory_limit_bytes', 'Limit of media.max-memory.', () => memory.maxBytes),
    single('gauge', 'sluice_rtmp_connections', 'Open RTMP connections.', () => rtmp.connectionCount),
    byCode(
      'sluice_rtmp_events_total',
      'Events of RTMP connections by code (docs/errors.md): ends, refusals, media that is not played.',
      () => rtmp.totals(),
    ),
  ];
}

function streamFamilies({
  streams,
  viewers,
  health = () => undefined,
}: MetricsSources): readonly MetricFamily[] {
  const perStream = perStreamFamilies(streams);
  return [
    perStream('sluice_viewers', 'Players that request playlists.', 'gauge', undefined, ({ name, state }) =>
      state === 'ended' ? [] : [['', viewers(name)]],
    ),
    perStream('sluice_ingest_bytes_total', 'Received media.', 'counter', 'type', (stream) =>
      [...stream.counters.tracks()].map(({ kind, bytes }) => [kind, bytes]),
    ),
    perStream('sluice_ingest_frames_total', 'Received pictures and audio frames.', 'counter', 'type', (s) =>
      [...s.counters.tracks()].map(({ kind, samples }) => [kind, samples]),
    ),
    perStream(
      'sluice_ingest_dropped_total',
      'Media of the current publisher that is not played, by kind.',
      'counter',
      'kind',
      ({ source }) => (source === undefined ? [] : Object.entries(sourceReport(source).dropped)),
    ),
    perStream(
      'sluice_ingest_repaired_total',
      'Repaired media of the current publisher, by kind.',
      'counter',
      'kind',
      ({ source }) => (source === undefined ? [] : Object.entries(sourceReport(source).repaired)),
    ),
    perStream('sluice_health_issues', 'Issues that the doctor has found.', 'gauge', 'severity', (stream) =>
      stream.state === 'ended'
        ? []
        : (health(stream.name)?.issues ?? []).map(({ severity }) => [severity, 1]),
    ),
    perStream('sluice_stream_memory_bytes', 'Media in memory.', 'gauge', undefined, ({ memory }) => [
      ['', memory.usedBytes],
    ]),
    {
      name: 'sluice_ingest_key_frame_interval_seconds',
      help: 'Distance between the last two key frames.',
      type: 'gauge',
      labels: ['stream'],
      // Distances cannot be summed, so streams without their own series have none.
      read: () => streams().slice(0, MAX_NAMED_STREAMS).flatMap(keyFrameInterval),
    },
  ];
}

function httpFamilies({ http, hls, webSockets, eventStreams }: MetricsSources): readonly MetricFamily[] {
  return [
    single(
      'gauge',
      'sluice_http_connections',
      'Open HTTP connections, including WebSockets.',
      () => http.connectionCount,
    ),
    single('counter', 'sluice_http_sent_bytes_total', 'Bytes sent over HTTP.', () => http.sentBytes),
    single('gauge', 'sluice_websockets', 'Open WebSockets.', webSockets),
    single(
      'gauge',
      'sluice_event_streams',
      'Open streams of server-sent events. They have the places of WebSockets.',
      eventStreams,
    ),
    byCode('sluice_http_refused_total', 'Refused HTTP peers, by code.', () => http.refusals()),
    {
      name: 'sluice_hls_requests_total',
      help: 'Answers to HLS requests, by content or by reason of failure.',
      type: 'counter',
      labels: ['content', 'result'],
      read: () => [
        ...Object.entries(hls.ready).map(([content, n]) => [{ content, result: 'ready' }, n] as const),
        ...Object.entries(hls.absent).map(([result, n]) => [{ content: 'none', result }, n] as const),
      ],
    },
    single('gauge', 'sluice_hls_waiting', 'Requests that are waiting for media.', () => hls.waiting),
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

function keyFrameInterval(stream: LiveStream): readonly (readonly [Labels, number])[] {
  const video = [...stream.counters.tracks()].find(({ kind }) => kind === 'video');
  const intervalMs = video?.keyFrameIntervalMs;
  return intervalMs === undefined ? [] : [[{ stream: stream.name }, intervalMs / 1000]];
}
