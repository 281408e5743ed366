// What is said of one segment: in the line below the strip, to screen readers, and in the table.
import type { SegmentNote } from '../../server/stats/operator-message.ts';
import { formatBitrate, formatBytes } from '../page/format.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { formatClock, formatMs } from './figures.ts';
import type { StripBlock } from './segment-geometry.ts';

const { strip } = dashboardWords;

/** The facts of a segment, each as text. */
export type SegmentTexts = {
  readonly number: string;
  readonly time: string;
  readonly duration: string;
  readonly bytes: string;
  readonly bitrate: string;
  readonly parts: string;
  readonly keys: string;
  readonly notes: string;
};

export function segmentTexts({ segment, kind }: Pick<StripBlock, 'segment' | 'kind'>): SegmentTexts {
  const { msn, t, durationMs, bytes, parts, discontinuity } = segment;
  const notes = [
    ...(discontinuity === true ? [strip.discontinuity] : []),
    ...(kind === 'gap' ? [strip.gap] : []),
    ...(kind === 'long' ? [strip.long] : []),
  ];
  return {
    number: String(msn),
    time: formatClock(t),
    duration: formatMs(Math.round(durationMs)),
    bytes: formatBytes(bytes),
    bitrate: formatBitrate(bitrateOf(segment)),
    parts: String(parts.length),
    keys: String(keyCount(segment)),
    notes: notes.join(', '),
  };
}

/** One line about a segment. */
export function segmentSentence(block: Pick<StripBlock, 'segment' | 'kind'>): string {
  const { time, duration, bytes, bitrate, notes } = segmentTexts(block);
  const { msn, parts } = block.segment;
  return [
    strip.segment(msn),
    time,
    duration,
    bytes,
    bitrate,
    strip.parts(parts.length),
    strip.keys(keyCount(block.segment)),
    ...(notes === '' ? [] : [notes]),
  ].join(' · ');
}

function keyCount({ parts }: SegmentNote): number {
  return parts.filter(([, , isIndependent]) => isIndependent === 1).length;
}

function bitrateOf({ bytes, durationMs }: SegmentNote): number | undefined {
  return durationMs > 0 ? (bytes * 8000) / durationMs : undefined;
}
