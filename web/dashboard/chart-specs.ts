// Which charts there are: their columns, colours, units and axes.
import type { DetailColumn, ServerColumn } from '../../server/stats/operator-message.ts';
import {
  formatBitrate,
  formatBytes,
  formatCount,
  formatFrameRate,
  formatInterval,
  formatLatency,
} from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { numberFormat } from '../words/language.ts';
import { words } from '../words/stream.ts';
import { formatMs, formatPercent } from './figures.ts';
import type { ThemeColor } from './theme-color.ts';

const { titles, series, notes } = dashboardWords.charts;

export type SeriesSpec<Column extends string> = {
  readonly column: Column;
  readonly label: () => string;
  readonly color: ThemeColor;
  /** A dashed line, so that two lines differ without their colours. */
  readonly isDashed?: true;
};

export type ChartSpec = {
  readonly id: string;
  readonly title: () => string;
  readonly note?: () => string;
  readonly kind: 'line' | 'bars';
  readonly format: (value: number) => string;
  /** Short, for the axis; with the unit, but for counts. */
  readonly axis: (value: number) => string;
  /** `fromZero`: the axis begins at 0; `aroundZero`: it has 0 inside. */
  readonly scale: 'fromZero' | 'aroundZero';
  /** The least height of the axis, in the unit of the values, so that noise is not shown as large. */
  readonly leastSpan: number;
} & (
  | { readonly source: 'stream'; readonly series: readonly SeriesSpec<DetailColumn>[] }
  | { readonly source: 'server'; readonly series: readonly SeriesSpec<ServerColumn>[] }
);

const plain = numberFormat({ maximumFractionDigits: 1 });
/** With the prefixes of SI, which are the same in every language: `1.5 Mbit/s`, `500 kbit/s`, `1.2 k`. */
const short = (value: number, unit = ''): string => {
  if (value >= 1e9) return `${plain(value / 1e9)} G${unit}`;
  if (value >= 1e6) return `${plain(value / 1e6)} M${unit}`;
  return value >= 1e3 ? `${plain(value / 1e3)} k${unit}` : `${plain(value)} ${unit}`.trim();
};
const inBitrate = (bitsPerSecond: number): string => short(bitsPerSecond, 'bit/s');
const inBytes = (bytes: number): string => short(bytes, 'B');
const inMs = (ms: number): string => `${plain(ms).replace('-', '−')} ms`;
const inPercent = (percent: number): string => words.units.percent(plain(percent));
const asCount = (count: number): string => short(count);
const inSeconds = (ms: number): string => words.units.seconds(plain(ms / 1000));

const LINE = { kind: 'line', scale: 'fromZero' } as const;

export const STREAM_CHARTS: readonly ChartSpec[] = [
  {
    ...LINE,
    id: 'bitrate',
    title: () => titles.bitrate,
    source: 'stream',
    series: [
      { column: 'vbps', label: () => series.video, color: 'series-1' },
      { column: 'abps', label: () => series.audio, color: 'series-2', isDashed: true },
    ],
    format: formatBitrate,
    axis: inBitrate,
    leastSpan: 100_000,
  },
  {
    ...LINE,
    id: 'frame-rate',
    title: () => titles.frameRate,
    source: 'stream',
    series: [{ column: 'fps', label: () => series.frames, color: 'series-1' }],
    format: formatFrameRate,
    axis: formatFrameRate,
    leastSpan: 10,
  },
  {
    ...LINE,
    id: 'key-frames',
    title: () => titles.keyFrames,
    source: 'stream',
    series: [{ column: 'gopMs', label: () => series.distance, color: 'series-1' }],
    format: formatInterval,
    axis: inSeconds,
    leastSpan: 1_000,
  },
  {
    ...LINE,
    id: 'jitter',
    title: () => titles.jitter,
    source: 'stream',
    series: [{ column: 'jitterMs', label: () => series.jitter, color: 'series-1' }],
    format: formatMs,
    axis: inMs,
    leastSpan: 20,
  },
  {
    ...LINE,
    id: 'drift',
    title: () => titles.drift,
    note: () => notes.drift,
    source: 'stream',
    series: [{ column: 'driftMs', label: () => series.drift, color: 'series-1' }],
    format: formatMs,
    axis: inMs,
    scale: 'aroundZero',
    leastSpan: 200,
  },
  {
    ...LINE,
    id: 'av-offset',
    title: () => titles.avOffset,
    source: 'stream',
    series: [{ column: 'avOffsetMs', label: () => series.offset, color: 'series-1' }],
    format: formatMs,
    axis: inMs,
    scale: 'aroundZero',
    leastSpan: 100,
  },
  {
    ...LINE,
    id: 'viewers',
    title: () => titles.viewers,
    source: 'stream',
    series: [
      { column: 'viewers', label: () => series.viewers, color: 'series-1' },
      { column: 'measuredViewers', label: () => series.measured, color: 'series-2', isDashed: true },
    ],
    format: formatCount,
    axis: asCount,
    leastSpan: 4,
  },
  {
    ...LINE,
    id: 'latency',
    title: () => titles.latency,
    note: () => notes.latency,
    source: 'stream',
    series: [
      { column: 'latencyP50Ms', label: () => series.p50, color: 'series-1' },
      { column: 'latencyP95Ms', label: () => series.p95, color: 'series-2', isDashed: true },
    ],
    format: formatLatency,
    axis: inSeconds,
    leastSpan: 1_000,
  },
  {
    ...LINE,
    id: 'stalls',
    title: () => titles.stalls,
    note: () => notes.stalls,
    kind: 'bars',
    source: 'stream',
    series: [{ column: 'stalls', label: () => series.stalls, color: 'verdict-bad' }],
    format: formatCount,
    axis: asCount,
    leastSpan: 4,
  },
];

export const SERVER_CHARTS: readonly ChartSpec[] = [
  {
    ...LINE,
    id: 'loop',
    title: () => titles.loop,
    source: 'server',
    series: [{ column: 'loopP99Ms', label: () => series.p99, color: 'series-3' }],
    format: formatMs,
    axis: inMs,
    leastSpan: 10,
  },
  {
    ...LINE,
    id: 'memory',
    title: () => titles.memory,
    source: 'server',
    series: [
      { column: 'rssBytes', label: () => series.process, color: 'series-3' },
      { column: 'mediaBytes', label: () => series.media, color: 'series-2', isDashed: true },
    ],
    format: formatBytes,
    axis: inBytes,
    leastSpan: 10e6,
  },
  {
    ...LINE,
    id: 'cpu',
    title: () => titles.cpu,
    source: 'server',
    series: [{ column: 'cpuPercent', label: () => series.cpu, color: 'series-3' }],
    format: formatPercent,
    axis: inPercent,
    leastSpan: 10,
  },
];

/** The ends of a chart's axis for values from `least` to `most`; null while there are none. */
export function axisEnds(
  { scale, leastSpan }: Pick<ChartSpec, 'scale' | 'leastSpan'>,
  least: number | null,
  most: number | null,
): readonly [number, number] {
  const top = most ?? 0;
  const bottom = least ?? 0;
  if (scale === 'fromZero') return [0, Math.max(leastSpan, top * 1.12)];
  const reach = Math.max(leastSpan / 2, Math.abs(top), Math.abs(bottom)) * 1.12;
  if (bottom >= 0) return [-reach * 0.2, reach];
  return top <= 0 ? [-reach, reach * 0.2] : [-reach, reach];
}
