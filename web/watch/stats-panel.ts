// The stream's numbers as a list of terms and values. Not a live region: a screen reader would read numbers that change
// every second.
import type { StreamNumbers } from '../../server/stats/stats-message.ts';
import { codecName } from '../page/codec-name.ts';
import { element, setText } from '../page/element.ts';
import {
  formatAudioShape,
  formatBitrate,
  formatCount,
  formatDuration,
  formatFrameRate,
  formatInterval,
  formatLatency,
  formatResolution,
} from '../page/format.ts';
import { words } from '../words/stream.ts';

/** What the panel shows; a missing number is shown as a dash. */
export type StatsFacts = {
  readonly numbers: StreamNumbers | undefined;
  readonly viewers: number | undefined;
  readonly latencyMs: number | undefined;
  readonly targetLatencyMs: number | undefined;
};

type Row = {
  readonly key: string;
  readonly term: () => string;
  /** Also while its value is unknown. */
  readonly isAlwaysShown?: boolean;
  readonly value: (facts: StatsFacts) => string;
  /** A second, smaller line. */
  readonly note?: (facts: StatsFacts) => string;
};

const { stats } = words;

/** Two in a line: what is beside each other belongs together. */
const ROWS: readonly Row[] = [
  {
    key: 'latency',
    isAlwaysShown: true,
    term: () => stats.latency,
    value: ({ latencyMs }) => formatLatency(latencyMs),
    note: ({ targetLatencyMs: ms }) => (ms === undefined ? '' : stats.target(formatLatency(ms))),
  },
  {
    key: 'viewers',
    isAlwaysShown: true,
    term: () => stats.viewers,
    value: ({ viewers }) => formatCount(viewers),
  },
  { key: 'video-bitrate', term: () => stats.video, value: ({ numbers }) => formatBitrate(numbers?.vbps) },
  { key: 'audio-bitrate', term: () => stats.audio, value: ({ numbers }) => formatBitrate(numbers?.abps) },
  {
    key: 'resolution',
    term: () => stats.resolution,
    value: ({ numbers }) => formatResolution(numbers?.width, numbers?.height),
  },
  { key: 'fps', term: () => stats.frameRate, value: ({ numbers }) => formatFrameRate(numbers?.fps) },
  {
    key: 'video-codec',
    term: () => stats.videoCodec,
    value: ({ numbers }) => codecOrDash(numbers?.videoCodec),
  },
  {
    key: 'audio-codec',
    term: () => stats.audioCodec,
    value: ({ numbers }) => codecOrDash(numbers?.audioCodec),
    note: ({ numbers }) => formatAudioShape(numbers?.sampleRate, numbers?.channels),
  },
  { key: 'gop', term: () => stats.keyFrames, value: ({ numbers }) => formatInterval(numbers?.gopMs) },
  // A stream that has just connected is not live yet.
  {
    key: 'uptime',
    term: () => stats.uptime,
    value: ({ numbers }) => formatDuration(numbers?.uptimeMs || undefined),
  },
  { key: 'encoder', term: () => stats.encoder, value: ({ numbers }) => numbers?.encoder ?? stats.unknown },
];

export type StatsPanel = { readonly node: HTMLElement; readonly show: (facts: StatsFacts) => void };

/** The panel; each value has a `data-stat` attribute with its key. */
export function statsPanel(): StatsPanel {
  const list = element('dl', { class: 'stats' });
  const cells = ROWS.map((row) => {
    const value = element('span', { 'data-stat': row.key }, stats.unknown);
    const note = element('span', { class: 'stat-note' });
    const line = element(
      'div',
      { class: `stat stat-${row.key}` },
      element('dt', {}, row.term()),
      element('dd', {}, value, note),
    );
    list.append(line);
    return { row, line, value, note };
  });
  const node = element(
    'section',
    { class: 'panel', 'aria-label': stats.heading },
    element('h2', {}, stats.heading),
    list,
  );
  return {
    node,
    show: (facts) => {
      for (const { row, line, value, note } of cells) {
        const text = row.value(facts);
        setText(value, text);
        // A list of dashes says nothing.
        line.hidden = text === stats.unknown && row.isAlwaysShown !== true;
        setText(note, row.note?.(facts) ?? '');
      }
    },
  };
}

function codecOrDash(codec: string | undefined): string {
  return codec === undefined ? stats.unknown : codecName(codec);
}
