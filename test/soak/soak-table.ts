// A soak run's minutes as a table, and the verdict about them.
import { renderTable, shown } from '../../bench/markdown-table.ts';
import { mean, median, percentile } from '../../bench/statistics.ts';
import type { Minute } from './watched-stream.ts';

const MIB = 1024 ** 2;
/** The most rows for a long run: each row covers as many minutes as that needs. */
const MAX_ROWS = 15;

/** Latency p95 over all minutes, stalls, and how much later a picture appears after an hour at this rate. */
export type SoakVerdict = {
  readonly p95Ms: number;
  readonly stalls: number;
  readonly driftMsPerHour: number;
};

/** Least squares over the minutes' medians. */
export function verdictOf(minutes: readonly Minute[]): SoakVerdict {
  const medians = minutes.map((minute) => median(minute.latenciesMs));
  const middle = (medians.length - 1) / 2;
  const level = mean(medians);
  let above = 0;
  let below = 0;
  for (const [at, value] of medians.entries()) {
    above += (at - middle) * (value - level);
    below += (at - middle) ** 2;
  }
  return {
    p95Ms: percentile(
      minutes.flatMap((minute) => minute.latenciesMs),
      0.95,
    ),
    stalls: sum(minutes, (minute) => minute.stalls),
    driftMsPerHour: below === 0 ? 0 : (above / below) * 60,
  };
}

/** One row for every few minutes, and one for all. */
export function soakTable(minutes: readonly Minute[]): string {
  const step = Math.ceil(minutes.length / MAX_ROWS);
  const rows: (readonly string[])[] = [];
  for (let at = 0; at < minutes.length; at += step) {
    const some = minutes.slice(at, at + step);
    rows.push(row(step === 1 ? String(at + 1) : `${at + 1}–${at + some.length}`, some));
  }
  rows.push(row('**all**', minutes));
  const header = ['minute', 'latency p50 ms', 'p95 ms', 'max ms', 'told by the page, p50 ms', 'stalls'];
  const more = [
    'pictures a second',
    'dropped',
    'longest without a picture, ms',
    'publisher late, max ms',
    'gateway RSS MiB',
    'page PSS MiB',
    'page heap MiB',
  ];
  return renderTable([...header, ...more], rows, 1);
}

function row(name: string, minutes: readonly Minute[]): readonly string[] {
  const latencies = minutes.flatMap((minute) => minute.latenciesMs);
  const last = minutes.at(-1);
  return [
    name,
    shown(median(latencies)),
    shown(percentile(latencies, 0.95)),
    shown(percentile(latencies, 1)),
    shown(median(minutes.flatMap((minute) => minute.toldMs))),
    String(sum(minutes, (minute) => minute.stalls)),
    shown(sum(minutes, (minute) => minute.pictures) / sum(minutes, (minute) => minute.seconds), 1),
    String(sum(minutes, (minute) => minute.dropped)),
    shown(Math.max(...minutes.map((minute) => minute.longestGapMs))),
    shown(Math.max(...minutes.map((minute) => minute.publisherLateMs))),
    shown((last?.gatewayRssBytes ?? Number.NaN) / MIB),
    shown((last?.pagePssBytes ?? Number.NaN) / MIB),
    shown((last?.pageHeapBytes ?? Number.NaN) / MIB, 1),
  ];
}

function sum(minutes: readonly Minute[], of: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + of(minute), 0);
}
